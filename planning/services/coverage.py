"""Change the coverage plan."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from planning import permissions
from planning.models import CoverageRule


@transaction.atomic
def change_rule(*, rule_id: int, version: int | None, days: int, by: User) -> CoverageRule:
    """Say how many days may lie between two contacts with customers of a tier.

    Raises NotAllowed but for the programme office, DomainError for less than a day or more than two years.
    """
    rule: CoverageRule = CoverageRule.objects.visible_to(by).locked(rule_id, version)
    if not permissions.can_change_coverage(by):
        raise NotAllowed("coverage_rule", Verb.UPDATE)
    if not 1 <= days <= 730:
        raise DomainError(_("Choose from 1 to 730 days."), field="days")
    changes = rule.apply({"days": days})
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=rule, changes=changes)
    return rule
