"""The feed as one reader may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accounts.models import User
from feed.models import Change
from feed.registry import FeedResource, all_resources
from kcrm.lib.access import Verb, token_allows

LOOK_AT: Final = 1_000
LOOKS: Final = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that the reader may know of; `gone` where he no longer sees the record."""

    change: Change
    gone: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Entries up to a place in the feed, and whether there may be more behind it."""

    entries: Sequence[Entry]
    cursor: int
    more: bool


class TooOld(Exception):
    """The place is older than what is kept: read everything anew and begin at the end."""


def readable_resources(user: User) -> tuple[FeedResource, ...]:
    """The kinds of records that the reader's token lets him hear of; all without one."""
    token = getattr(user, "api_token", None)
    return tuple(
        known for known in all_resources() if token is None or token_allows(known.resource, Verb.READ, token.scopes)
    )


def newest_place() -> int:
    """The end of the feed."""
    newest = Change.objects.order_by("-seq").values_list("seq", flat=True).first()
    return newest or 0


def feed_after(user: User, place: int, size: int, resources: Sequence[FeedResource]) -> FeedPage:
    """The next changes behind a place that this reader may know of, at most `size`.

    Rights are those of this moment. Looks at a bounded number of changes: a page may be short or empty and still have
    more behind it. Raises TooOld for a place whose successors were forgotten.
    """
    _check_age(place)
    entries: list[Entry] = []
    for _look in range(LOOKS):
        found = list(Change.objects.after(place)[:LOOK_AT])
        seen = _seen(user, found, resources)
        for change in found:
            place = change.seq
            if change.seq in seen:
                entries.append(Entry(change, gone=not seen[change.seq] or change.event.endswith(".deleted")))
                if len(entries) == size:
                    return FeedPage(entries, place, more=change is not found[-1] or len(found) == LOOK_AT)
        if len(found) < LOOK_AT:
            return FeedPage(entries, place, more=False)
    return FeedPage(entries, place, more=True)


def _seen(user: User, changes: Sequence[Change], resources: Sequence[FeedResource]) -> dict[int, bool]:
    by_name: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_name[change.resource].append(change)
    seen: dict[int, bool] = {}
    for known in resources:
        if of_kind := by_name.get(known.name):
            seen.update(known.sight(user, of_kind))
    return seen


def _check_age(place: int) -> None:
    if place == 0:
        return
    oldest = Change.objects.order_by("seq").values_list("seq", flat=True).first()
    if oldest is not None and place < oldest - 1:
        raise TooOld
