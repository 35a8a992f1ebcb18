"""What every page says of this app, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.expressions import RawSQL

from jobs.models import Notification
from jobs.permissions import can_see_system
from jobs.registry import customer_sight
from jobs.selectors.health import living_scheduler
from jobs.selectors.notifications import COUNT_AT_MOST
from kcrm.lib.prepared import Prepared, Slot

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
    sql, parts = prepared(customers, can_see_system(user))
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for part in parts for value in part.parameters(user=user.pk)])
        count, *lives = cursor.fetchone()
    return FrameFigures(unread=count, scheduler_is_silent=lives == [False])


def _prepared(customers: Any, sees_system: bool) -> tuple[str, list[Prepared]]:
    """The statement for who sees these customers, and the parts whose parameters it takes."""
    mine = Notification.objects.filter(user=Slot("user")).about(customers).in_app().unread()
    waiting = Prepared(mine.order_by().values_list("pk", flat=True)[:COUNT_AT_MOST])
    wanted, parts = [f"(SELECT count(*) FROM ({waiting.sql}) waiting)"], [waiting]  # noqa: S608 - compiled by the ORM
    if sees_system:
        parts.append(Prepared(living_scheduler()))
        wanted.append(f"EXISTS ({parts[-1].sql})")
    return f"SELECT {', '.join(wanted)}", parts


_known = lru_cache(maxsize=2_000)(_prepared)
