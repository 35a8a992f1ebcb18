"""What waits to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet

from jobs.models import Notification, NotificationSetting
from jobs.notices import NotificationKind, all_kinds

if TYPE_CHECKING:
    from accounts.models import User

COUNT_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person hears of one kind: as he chose, or as the kind does by default."""

    kind: NotificationKind
    in_app: bool
    email: str
    is_default: bool


def unread(user: User) -> QuerySet[Notification, int]:
    """The keys of what the person has not read; of a hundred at most."""
    rows = Notification.objects.visible_to(user).in_app().unread()
    return rows.order_by().values_list("pk", flat=True)[:COUNT_AT_MOST]


def unread_count(user: User) -> int:
    """How many notifications the person has not read; a hundred stands for any more."""
    return len(unread(user))


def choices_of(user: User) -> list[Choice]:
    """How the person hears of each kind."""
    chosen = {row.kind: row for row in NotificationSetting.objects.filter(user=user)}
    return [
        Choice(kind, chosen[kind.key].in_app, chosen[kind.key].email, is_default=False)
        if kind.key in chosen
        else Choice(kind, kind.in_app, kind.email, is_default=True)
        for kind in all_kinds()
    ]
