"""Reminders: each app declares in `<app>/tasks.py` where its own come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from jobs.notices import notification_kind

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to tell a person at a moment. Person, key and moment together are told once."""

    user: User
    key: str
    due_at: datetime
    subject: Any
    params: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    customer_id: int | None = None
    urgent: bool = False


Source: TypeAlias = Callable[[datetime], Iterable[Reminder]]

_sources: dict[str, Source] = {}


def reminder_source(key: str, title: Any, *, in_app: bool = True, email: str = "digest") -> Callable[[Source], Source]:
    """Decorate `source(now)`, which yields the reminders that are due (later ones are passed over).

    The key is a notification kind as well, with its title and defaults, so that people can tune or mute it. The source
    is asked every five minutes and may yield the same reminder each time; it should yield lazily, and no more than
    what can still matter, for instance what became due within the last two weeks.
    """
    notification_kind(key, title, in_app=in_app, email=email)

    def register(source: Source) -> Source:
        _sources[key] = source
        return source

    return register


def reminder_sources() -> dict[str, Source]:
    """Every declared source by its key."""
    return dict(_sources)
