"""Which records other systems hear of, and who may hear of which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from feed.models import Change

# Which of some changes of one kind of record a person may know of, by their sequence numbers; True where the record
# is still in his sight, False where he only may know that it is gone for him.
Sight: TypeAlias = "Callable[[Any, Sequence[Change]], Mapping[int, bool]]"

VERBS: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "restore": "restored",
    "merge": "merged",
    "undo": "updated",
    "grant": "updated",
    "revoke": "deleted",
    "import": "imported",
    "approve": "updated",
}


@dataclass(frozen=True)
class FeedResource:
    """A kind of record in the feed.

    `name` is what its events begin with; `subject_type` is the audit trail's name of it, empty for events that a
    service notes itself. `resource` is the row of the access matrix that a token must be able to read. `hidden` fields
    are never named, nor are those that `hides` picks from the names of an act. `verbs` translates acts of the trail
    where they differ from the usual words.
    """

    name: str
    resource: str
    sight: Sight
    subject_type: str = ""
    hidden: frozenset[str] = frozenset()
    hides: Callable[[Collection[str]], Collection[str]] = lambda names: ()
    verbs: Mapping[str, str] = field(default_factory=dict)
    events: tuple[str, ...] = ("created", "updated", "deleted", "restored")

    def verb(self, action: str) -> str | None:
        """The event's last word for an act of the trail; None for an act that concerns nobody outside."""
        return self.verbs.get(action) or VERBS.get(action)


_resources: dict[str, FeedResource] = {}


def register(declared: FeedResource) -> FeedResource:
    """Declare a kind of record. Raises ValueError for a second one of the same name."""
    if _resources.get(declared.name, declared) is not declared:
        raise ValueError(f"Two feed resources {declared.name!r}.")
    _resources[declared.name] = declared
    return declared


def all_resources() -> tuple[FeedResource, ...]:
    """Every kind of record in the feed, by name."""
    return tuple(_resources[name] for name in sorted(_resources))


def resource_named(name: str) -> FeedResource | None:
    """The kind of record of this name."""
    return _resources.get(name)


def resource_of(subject_type: str) -> FeedResource | None:
    """The kind of record that the audit trail calls so."""
    return next((known for known in _resources.values() if subject_type and known.subject_type == subject_type), None)


def all_events() -> tuple[str, ...]:
    """Every event that a webhook can be told of."""
    return tuple(f"{known.name}.{verb}" for known in all_resources() for verb in known.events)
