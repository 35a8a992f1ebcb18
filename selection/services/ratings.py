"""Rate a customer on a judged factor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import ModelFactor, Rating
from selection.services.rescoring import ask_rescoring

LOWEST, HIGHEST = Decimal(1), Decimal(10)


@transaction.atomic
def rate_customer(
    *, customer_id: int, factor_id: int, score: Decimal, evidence: str, note: str, rated_on: date, by: User
) -> Rating:
    """Keep one's own score of a customer on a judged factor; a second one replaces the first, which stays in history.

    Raises DomainError for a score off the scale or a factor that is measured rather than judged.
    """
    customer = visible_customers(by).get(pk=customer_id)
    factor = ModelFactor.objects.select_related("model").get(pk=factor_id)
    if not permissions.can_rate(by, customer):
        raise NotAllowed("score_sheet", Verb.CREATE)
    if factor.kind != ModelFactor.Kind.JUDGED:
        raise DomainError(_("This factor is measured from figures; nobody needs to judge it."), field="factor")
    if not LOWEST <= score <= HIGHEST:
        raise DomainError(_("A score lies between 1 and 10."), field="score")
    values = {"score": score, "evidence": evidence, "note": note, "rated_on": rated_on}
    rating = Rating.objects.select_for_update().filter(factor=factor, customer=customer, rater=by).first()
    if rating is None:
        rating = Rating.objects.create(factor=factor, customer=customer, rater=by, **values)
        action, changes = AuditEntry.Action.CREATE, {"score": [None, score]}
    else:
        action, changes = AuditEntry.Action.UPDATE, rating.apply(values)
    if changes:
        audit.record(action=action, by=by, subject=rating, label=f"{customer} · {factor}", changes=changes)
        ask_rescoring()
    return rating
