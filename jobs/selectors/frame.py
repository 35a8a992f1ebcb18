"""What every page says of this app, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from jobs.permissions import can_see_system
from jobs.selectors.health import living_scheduler
from jobs.selectors.notifications import unread

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """How many notifications wait, a hundred standing for any more; whether the person should know of a silence."""

    unread: int
    scheduler_is_silent: bool


def frame_figures(user: User) -> FrameFigures:
    """What the frame of a page shows this person."""
    waiting, parameters = unread(user).query.sql_with_params()
    parts, values = [f"(SELECT count(*) FROM ({waiting}) waiting)"], [*parameters]  # noqa: S608 - compiled by the ORM
    if can_see_system(user):
        living, more = living_scheduler().query.sql_with_params()
        parts.append(f"EXISTS ({living})")
        values += more
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        count, *lives = cursor.fetchone()
    return FrameFigures(unread=count, scheduler_is_silent=lives == [False])
