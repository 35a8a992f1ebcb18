"""Turn what we do not know about a customer's view into tasks for those who can find out (M03)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.models import Customer, Task
from customers.querysets import visible_customers
from customers.services.tasks import create_task
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.fact_finding import Gap, open_questions
from selection.models import CustomerView, ViewFactor
from selection.selectors.strengths import Comparison, comparison_of
from teams.models import TeamMembership

DAYS: Final = 30
DAYS_TO_CLOSE: Final = 90
QUESTIONS: Final[dict[Gap, Any]] = {
    Gap.FACTORS: gettext_lazy("Find out what %(customer)s judges its suppliers by, and what counts most"),
    Gap.ALTERNATIVE: gettext_lazy("Find out whom else %(customer)s could buy from"),
    Gap.WITHOUT_US: gettext_lazy("Find out what %(customer)s would do without us"),
    Gap.FACTOR: gettext_lazy("Find out how %(customer)s sees us and others: %(factor)s"),
    Gap.CONFIRMATION: gettext_lazy("Let %(customer)s confirm how it sees us"),
    Gap.NEWS: gettext_lazy("Ask %(customer)s again how it sees us: what we know is old"),
}


@transaction.atomic
def raise_tasks(*, customer_id: int, by: User, today: date) -> list[Task]:
    """A task for each open question that has none yet, for the account's owner; the new tasks.

    Raises DoesNotExist for an unseen customer, NotAllowed for who may not give tasks there.
    """
    customer = visible_customers(by, "score").select_related("org_unit").get(pk=customer_id)
    if not permissions.can_give_task(by, customer):
        raise NotAllowed("task", Verb.CREATE)
    asked = set(Task.objects.alive().filter(customer=customer, state=Task.State.OPEN).values_list("title", flat=True))
    owner = _owner_of(customer, today)
    return [
        create_task(
            customer_id=customer.pk,
            values={
                "title": title,
                "detail": _("It decides where the customer stands on the KAISM matrix."),
                "due_on": today + timedelta(days=DAYS),
                "assignee_id": owner or by.pk,
            },
            by=by,
            today=today,
        )
        for title in questions_of(customer, today=today)
        if title not in asked
    ]


@transaction.atomic
def raise_tasks_for(*, customer_ids: Collection[int], by: User, today: date) -> int:
    """The same for several customers, all or none; the number of new tasks."""
    return sum(len(raise_tasks(customer_id=pk, by=by, today=today)) for pk in sorted(set(customer_ids)))


@transaction.atomic
def close_gap(*, customer_id: int, factor_id: int, by: User, today: date) -> Task | None:
    """A task for the account's owner to close the gap on one of the customer's factors; None where one is open.

    Raises DoesNotExist, NotAllowed, and DomainError where no alternative leads on it.
    """
    customer = visible_customers(by, "score").select_related("org_unit").get(pk=customer_id)
    if not permissions.can_give_task(by, customer):
        raise NotAllowed("task", Verb.CREATE)
    factor = ViewFactor.objects.get(pk=factor_id, customer=customer)
    view = CustomerView.objects.filter(customer=customer).first()
    comparison = comparison_of(customer, sole_source=bool(view and view.sole_source), today=today)
    gap = next((one for one in comparison.found.to_close if one.factor == str(factor.pk)), None)
    if gap is None:
        raise DomainError(_("No alternative leads on this factor."))
    names = {"customer": customer.name, "factor": factor.name}
    title = (_("Close the gap with %(customer)s: %(factor)s") % names)[:200]
    if Task.objects.alive().filter(customer=customer, state=Task.State.OPEN, title=title).exists():
        return None
    detail = _("We stand at %(ours)s, the best alternative at %(best)s; the customer gives it a weight of %(weight)s.")
    return create_task(
        customer_id=customer.pk,
        values={
            "title": title,
            "detail": detail
            % {
                "ours": formats.number(gap.ours, 1),
                "best": formats.number(gap.best, 1),
                "weight": formats.number(factor.weight),
            },
            "due_on": today + timedelta(days=DAYS_TO_CLOSE),
            "assignee_id": _owner_of(customer, today) or by.pk,
        },
        by=by,
        today=today,
    )


def questions_of(customer: Customer, *, today: date, comparison: Comparison | None = None) -> list[str]:
    """What to find out about this customer, in the reader's language."""
    if comparison is None:
        view = CustomerView.objects.filter(customer=customer).first()
        comparison = comparison_of(customer, sole_source=bool(view and view.sole_source), today=today)
    names = {str(factor.pk): factor.name for factor in comparison.factors}
    asked = open_questions(comparison.found, has_factors=bool(comparison.factors))
    return [
        (str(QUESTIONS[one.gap]) % {"customer": customer.name, "factor": names.get(one.factor, "")})[:200]
        for one in asked
    ]


def _owner_of(customer: Customer, today: date) -> int | None:
    owners = TeamMembership.objects.on_day(today).filter(
        team=customer.account_team_id, level=TeamMembership.Level.OWNER
    )
    found: int | None = owners.order_by("pk").values_list("user_id", flat=True).first()
    return found
