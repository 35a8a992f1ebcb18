"""Turn the moments of schedules into jobs, each moment once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from jobs import hints
from jobs.models import Heartbeat, Job, Occurrence, Schedule
from jobs.recurrence import due_between
from jobs.schedules import Declared
from jobs.services.queue import enqueue

HINT_AGAIN_AFTER = timedelta(seconds=10)
HINTS_AT_MOST = 1000  # in the broker's queue at a time: a long queue of jobs must not breed a longer one of hints


def database_now() -> datetime:
    """The database's clock: the one clock that all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


@transaction.atomic
def look_along(*, declared: Declared, now: datetime) -> list[Occurrence]:
    """Make a job of each moment of a schedule that came since the last look; returns the new occurrences.

    A second scheduler that looks at the same time finds the row locked and leaves it alone; were it not, the moment is
    unique. A schedule seen for the first time has no past.
    """
    Schedule.objects.get_or_create(key=declared.key, defaults={"checked_until": now})
    row = Schedule.objects.select_for_update(skip_locked=True).filter(key=declared.key).first()
    if row is None:
        return []
    made = []
    for due_at in due_between(declared.rule, declared.policy, row.checked_until, now):
        occurrence, is_new = Occurrence.objects.get_or_create(schedule=row, due_at=due_at)
        if not is_new:
            continue
        key = f"schedule:{declared.key}"
        if declared.policy.name == "all":
            key = f"{key}:{due_at:%Y%m%dT%H%M%SZ}"
        occurrence.job = enqueue(kind=declared.kind, args=declared.args | {"due_at": due_at.isoformat()}, key=key)
        occurrence.save(update_fields=["job"])
        made.append(occurrence)
    row.checked_until = now
    row.save(update_fields=["checked_until"])
    return made


def sweep() -> int:
    """Hint again at jobs that are due, or abandoned, and of which no worker was told lately; returns how many.

    Never raises for a lost broker. The hints in the queue are bounded, the longest untold jobs come first. What the
    broker did not take counts as untold and comes again with the next sweep.
    """
    told = 0
    for heavy in (False, True):
        waiting = hints.waiting(heavy=heavy, patient=True)
        room = HINTS_AT_MOST - waiting if waiting is not None else 0
        if room <= 0:
            continue
        rows = Job.objects.claimable().without_hint_for(HINT_AGAIN_AFTER).filter(is_heavy=heavy)
        jobs = list(rows.order_by("hinted_at", "run_after")[:room])
        taken = hints.send(jobs, patient=True) if jobs else 0
        Job.objects.filter(pk__in=[job.pk for job in jobs[:taken]]).update(hinted_at=Now())
        told += taken
    return told


def beat(*, name: str, detail: str = "") -> None:
    """Note that a part of the system lives."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now(), "detail": detail[:200]})
