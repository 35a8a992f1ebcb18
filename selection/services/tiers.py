"""Cut the tiers elsewhere, for all customers at once (M14)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import TierRule
from selection.selectors.tiers import RANKED
from selection.services.portfolio import add_up_portfolio

APPLY: Final = f"""{RANKED}
    UPDATE selection_currentscore cs SET tier = placed.after
    FROM placed WHERE placed.id = cs.customer_id AND cs.tier <> placed.after
"""  # noqa: S608 - our own text; the cuts are parameters


@transaction.atomic
def apply_cuts(*, key_share: Decimal, potential_share: Decimal, by: User) -> int:
    """Put these cuts into force and every customer into its tier; the number of customers that moved.

    The next scoring keeps them. Raises NotAllowed, and DomainError for cuts out of order.
    """
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    if not 0 < key_share < potential_share < 1:
        raise DomainError(_("The key tier ends before the potential one, and both before 100 %."), field="key_share")
    rule = TierRule.objects.select_for_update().order_by("pk").first() or TierRule.objects.create()
    changes = rule.apply({"key_share": key_share, "potential_share": potential_share})
    with connection.cursor() as cursor:
        cursor.execute(APPLY, {"key": float(key_share), "potential": float(potential_share)})
        moved = int(cursor.rowcount)
    add_up_portfolio()
    if changes or moved:
        audit.record(
            action=AuditEntry.Action.UPDATE, by=by, subject=rule, changes=changes | {"customers": [None, moved]}
        )
    return moved
