"""What of scores and tiers other systems hear of, and who may hear of which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.models import User
from customers.models import Customer
from feed.models import Change
from feed.registry import FeedResource, register
from selection.permissions import can_open_scores


def _published(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    return {change.seq: True for change in changes} if can_open_scores(user) else {}


def _tiers(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    ids = {change.customer_id for change in changes}
    seen = set(Customer.objects.visible_to(user, "score").filter(pk__in=ids).values_list("pk", flat=True))
    return {change.seq: True for change in changes if change.customer_id in seen}


register(FeedResource("score", "score", _published, events=("published",)))
register(FeedResource("tier", "score", _tiers, events=("changed",)))
