"""How the system is: what waits, what died, who lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from jobs import hints
from jobs.handlers import title_of
from jobs.messages import readable
from jobs.models import EmailMessage, Heartbeat, Hold, Job, Occurrence
from jobs.recurrence import Every, Rule
from jobs.registry import Sign, signs
from jobs.schedules import declared_schedules
from kcrm.lib import formats

SILENT_AFTER: Final = {"scheduler": timedelta(seconds=60), "worker": timedelta(minutes=5)}
QUEUE_TOO_OLD: Final = timedelta(minutes=5)
OUTBOX_TOO_OLD: Final = timedelta(minutes=10)
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Pulse:
    """A part of the system that must show that it lives; `at` is None when it never did."""

    name: str
    at: datetime | None
    detail: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A schedule: what runs, by which rule, when last and when next."""

    key: str
    title: str
    rule: str
    last: datetime | None
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """The whole at one moment."""

    scheduler: Pulse
    worker: Pulse
    broker_answers: bool
    hold: Hold | None
    hints: int | None
    waiting: int
    running: int
    oldest: datetime | None
    queue_is_old: bool
    dead: list[Job]
    dead_count: int
    mails_waiting: int
    oldest_mail: datetime | None
    outbox_is_old: bool
    mails_in_doubt: list[EmailMessage]
    rhythms: list[Rhythm]
    signs: list[Sign]

    @property
    def troubles(self) -> int:
        """How many things want an administrator."""
        flags = (self.scheduler.is_silent, self.worker.is_silent, not self.broker_answers, self.queue_is_old)
        flags += tuple(sign.is_trouble for sign in self.signs)
        return sum(flags) + bool(self.hold) + self.outbox_is_old + bool(self.dead_count) + bool(self.mails_in_doubt)


def pulse(name: str, now: datetime) -> Pulse:
    """Whether this part lives, by the database's clock."""
    row = Heartbeat.objects.filter(name=name).first()
    is_silent = row is None or now - row.at > SILENT_AFTER[name]
    return Pulse(name, row.at if row else None, row.detail if row else "", is_silent)


def living_scheduler() -> QuerySet[Heartbeat]:
    """The sign of life of whoever leads; nothing while nobody does: recurring work then stands still."""
    return Heartbeat.objects.filter(name="scheduler", at__gt=Now() - SILENT_AFTER["scheduler"]).order_by().only("pk")


def health(now: datetime) -> Health:
    """Everything the page about the system shows. `now` comes from the database's clock."""
    queue = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state="queued", run_after__lte=now)),
        running=Count("pk", filter=Q(state="running")),
        oldest=Min("run_after", filter=Q(state="queued", run_after__lte=now)),
        dead=Count("pk", filter=Q(state="dead")),
    )
    outbox = EmailMessage.objects.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"))
    counts = [hints.waiting(heavy=heavy) for heavy in (False, True)]
    known = [count for count in counts if count is not None]
    return Health(
        scheduler=pulse("scheduler", now),
        worker=pulse("worker", now),
        broker_answers=len(known) == len(counts),
        hold=Hold.objects.select_related("by").first(),
        hints=sum(known) if known else None,
        waiting=queue["waiting"],
        running=queue["running"],
        oldest=queue["oldest"],
        queue_is_old=queue["oldest"] is not None and now - queue["oldest"] > QUEUE_TOO_OLD,
        dead=list(Job.objects.filter(state="dead").select_related("requested_by").order_by("-finished_at")[:SHOWN]),
        dead_count=queue["dead"],
        mails_waiting=outbox["count"],
        oldest_mail=outbox["oldest"],
        outbox_is_old=outbox["oldest"] is not None and now - outbox["oldest"] > OUTBOX_TOO_OLD,
        mails_in_doubt=list(EmailMessage.objects.doubtful().select_related("user").order_by("-pk")[:SHOWN]),
        rhythms=_rhythms(now),
        signs=signs(now),
    )


def _rhythms(now: datetime) -> list[Rhythm]:
    last = dict(
        Occurrence.objects.order_by("schedule", "-due_at").distinct("schedule").values_list("schedule__key", "due_at")
    )
    return [
        Rhythm(
            item.key,
            readable(title_of(item.kind)),
            item.words or _period(item.rule),
            last.get(item.key),
            item.rule.after(now),
        )
        for item in declared_schedules()
    ]


def _period(rule: Rule) -> str:
    """A period in words."""
    return _("every %(span)s") % {"span": formats.span(rule.period)} if isinstance(rule, Every) else ""
