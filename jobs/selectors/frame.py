"""What every page says of this app, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models.expressions import RawSQL

from jobs.models import Notification
from jobs.permissions import can_see_system
from jobs.registry import customer_sight
from jobs.selectors.health import living_scheduler
from jobs.selectors.notifications import COUNT_AT_MOST
from kcrm.lib.planned import Slot, Words
from kcrm.lib.prepared import Prepared

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """How many notifications wait, a hundred standing for any more; whether the person should know of a silence."""

    unread: int
    scheduler_is_silent: bool


def frame_figures(user: User) -> FrameFigures:
    """What the frame of a page shows this person."""
    customers = customer_sight(user)
    # the same reach gives the same words; any other query is written for this request alone
    prepared = _known if isinstance(customers, RawSQL) else _prepared
    (count, *lives), *_none = prepared(customers, can_see_system(user)).fetch(user=user.pk)
    return FrameFigures(unread=count, scheduler_is_silent=lives == [False])


def _prepared(customers: Any, sees_system: bool) -> Words:
    """The statement for who sees these customers."""
    mine = Notification.objects.filter(user=Slot("user")).about(customers).in_app().unread()
    waiting = Prepared(mine.order_by().values_list("pk", flat=True)[:COUNT_AT_MOST]).words
    wanted, parameters = [f"(SELECT count(*) FROM ({waiting.sql}) waiting)"], waiting.parameters  # noqa: S608 - compiled by the ORM
    if sees_system:
        alive = Prepared(living_scheduler()).words
        wanted.append(f"EXISTS ({alive.sql})")
        parameters += alive.parameters
    return Words(f"SELECT {', '.join(wanted)}", parameters)


_known = lru_cache(maxsize=2_000)(_prepared)
