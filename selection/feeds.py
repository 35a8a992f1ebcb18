"""What of scores, tiers and segments other systems hear of, and who may hear of which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.models import User
from customers.models import Customer
from feed.models import Change
from feed.registry import FeedResource, Sight, register
from selection.permissions import can_open_scores


def _published(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    return {change.seq: True for change in changes} if can_open_scores(user) else {}


def _of_seen(resource: str) -> Sight:
    """Changes about customers of whom the person may read this."""

    def seen_changes(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
        ids = {change.customer_id for change in changes}
        seen = set(Customer.objects.visible_to(user, resource).filter(pk__in=ids).values_list("pk", flat=True))
        return {change.seq: True for change in changes if change.customer_id in seen}

    return seen_changes


register(FeedResource("score", "score", _published, events=("published",)))
register(FeedResource("tier", "score", _of_seen("score"), events=("changed",)))
register(FeedResource("segment", "segment_place", _of_seen("segment_place"), events=("changed",)))
