"""The kinds of notifications: each app declares its own in `<app>/tasks.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from jobs.messages import message_id, readable


@dataclass(frozen=True, slots=True)
class NotificationKind:
    """A kind of notification and how people hear of it until they choose otherwise."""

    key: str
    title: str
    in_app: bool
    email: str

    @property
    def heading(self) -> str:
        """Its name, in the reader's language."""
        return readable(self.title)


_kinds: dict[str, NotificationKind] = {}


def notification_kind(key: str, title: Any, *, in_app: bool = True, email: str = "digest") -> str:
    """Declare a kind and return its key. `email` is now, digest or off: what holds until a person chooses."""
    _kinds[key] = NotificationKind(key, message_id(title), in_app, email)
    return key


def kind_of(key: str) -> NotificationKind:
    """A kind. Raises LookupError for one that no app declared."""
    try:
        return _kinds[key]
    except KeyError:
        raise LookupError(f"No app declares notifications of the kind {key!r}.") from None


def all_kinds() -> tuple[NotificationKind, ...]:
    """Every declared kind, in the order of their keys."""
    return tuple(_kinds[key] for key in sorted(_kinds))


JOB_DONE: Final = notification_kind("jobs.done", _("Work you asked for is done"), email="off")
JOB_FAILED: Final = notification_kind("jobs.failed", _("Work you asked for could not be done"), email="off")
JOB_GIVEN_UP: Final = notification_kind("jobs.given-up", _("Work was given up after several attempts"), email="digest")
