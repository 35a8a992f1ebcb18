"""Move everybody who fits a segment's rule into it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import Segment, SegmentPlace
from selection.selectors.scopes import movable_customers
from selection.selectors.segments import fitting_customers
from selection.services.segment_places import Placed, place_customers


@transaction.atomic
def apply_rule(*, segment_id: int, version: int | None, day: date, by: User) -> Placed:
    """Put all customers that fit the rule, of those that the person may move, into the segment from a day on.

    Raises StaleVersion when the rule is not the one that was shown, DomainError for a segment without a rule.
    """
    segment: Segment = Segment.objects.visible_to(by).locked(segment_id, version)
    if not permissions.can_edit_segments(by):
        raise NotAllowed("segment", Verb.UPDATE)
    if not segment.rule:
        raise DomainError(_("This segment has no rule yet."), field="rule")
    fitting = fitting_customers(segment.rule, movable_customers(by)).order_by().values_list("pk", flat=True)
    return place_customers(
        customer_ids=list(fitting), segment_id=segment.pk, day=day, source=SegmentPlace.Source.RULE, by=by
    )
