"""Work that selection does later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.selectors.reminders import morning_of
from jobs.handlers import handler
from jobs.reminders import Reminder, reminder_source
from jobs.schedules import schedule
from selection.models import StepChoice
from selection.selectors.projects import steps_to_remind
from selection.selectors.rounds import unfinished_raters
from selection.services import decisions, editions, project_gates, project_parts, projects, rescoring, reviews, rounds
from selection.services.portfolio import add_up_portfolio

if TYPE_CHECKING:
    from jobs.running import RunningJob

NOTIFICATION_KINDS = (  # declared by importing them
    decisions.TOLD,
    decisions.WAITS,
    decisions.LAPSED,
    editions.WAITS,
    editions.ANSWERED,
    reviews.DUE,
    rounds.APPOINTED,
    rounds.RELEASED,
    projects.RECHECK,
    project_parts.CALLED,
    project_gates.WAITS,
    project_gates.TURN,
    project_gates.REOPENED,
)


@schedule("selection.decisions", kind="selection.decisions", cron="15 0 * * *")
@handler(
    "selection.decisions",
    title=_("Put decisions into force whose day has come"),
    labels={"applied": _("Put into force"), "lapsed": _("Exceptions that ran out")},
)
def due_decisions(job: RunningJob) -> dict[str, int]:
    """What each morning does with decisions."""
    return decisions.bring_due_decisions(today=timezone.localdate())


@handler(
    "selection.score-customers",
    title=_("Score all customers"),
    heavy=True,
    per_person=1,
    labels={"customers": _("Customers"), "classified": _("Classified"), "provisional": _("Provisional")},
)
def score_customers(job: RunningJob) -> dict[str, Any]:
    """Score all customers for these runs; starting again begins an unfinished run afresh and gives the same rows."""
    return _score_each(job.args["run_ids"], job)


def _score_each(run_ids: Sequence[int], job: RunningJob) -> dict[str, Any]:
    """Score run after run, each for the customers of its model, then tell what calls for another look; all counts."""
    from selection.services.scoring import score_all  # numpy stays out of the web processes

    total: dict[str, Any] = {"customers": 0}
    for run_id in run_ids:
        for name, value in score_all(run_id=run_id, job=job).items():
            total[name] = total.get(name, 0) + value if isinstance(value, int) else value
    reviews.tell_reviews(today=timezone.localdate())
    return total


@handler(
    rescoring.MOVED,
    title=_("Score customers who changed their segment"),
    heavy=True,
    labels={"customers": _("Customers"), "classified": _("Classified"), "provisional": _("Provisional")},
)
def score_moved(job: RunningJob) -> dict[str, Any]:
    """Score the segments that customers came to or left; an attempt that starts again goes on with the same runs."""
    runs = rescoring.runs_of_moved(job_id=job.pk, today=timezone.localdate())
    return _score_each([run.pk for run in runs], job)


@schedule("selection.rescore", kind="selection.rescore-touched", every=timedelta(minutes=5), policy="skip")
@handler("selection.rescore-touched", title=_("Score changed customers"), labels={"customers": _("Customers")})
def rescore_changed(job: RunningJob) -> dict[str, Any]:
    """Score the customers whose judgement or sales changed."""
    done = rescoring.rescore_touched(job=job)
    if done["customers"]:
        reviews.tell_reviews(today=timezone.localdate())
    return done


@schedule("selection.nightly", kind="selection.score-nightly", cron="30 2 * * *")
@handler(
    "selection.score-nightly",
    title=_("Score all customers"),
    heavy=True,
    labels={"customers": _("Customers"), "classified": _("Classified"), "provisional": _("Provisional")},
)
def score_nightly(job: RunningJob) -> dict[str, Any]:
    """Score all customers on the figures of the day; an attempt that starts again goes on with the same runs."""
    return _score_each([run.pk for run in rescoring.runs_of_tonight(timezone.localdate())], job)


@reminder_source("round-due", _("A score sheet is due"))
def sheets_due(now: datetime) -> Iterator[Reminder]:
    """Each rater with empty cells: three days before the day, and on it."""
    for seat in unfinished_raters(now):
        for lead in (timedelta(days=3), timedelta(0)):
            yield Reminder(
                user=seat.user,
                key=f"{seat.round_id}:{lead.days}",
                due_at=morning_of(seat.round.due_on - lead, seat.user),
                subject=_("Your sheet of %(round)s is due on %(day)s; cells are still empty"),
                params={"round": seat.round.name, "day": seat.round.due_on},
                url=reverse("selection:sheet", args=[seat.round_id]),
            )


@schedule("selection.portfolio", kind="selection.portfolio", every=timedelta(minutes=5), policy="skip")
@handler("selection.portfolio", title=_("Add up the portfolio"), labels={"cells": _("Sums")})
def add_up(job: RunningJob) -> dict[str, Any]:
    """Add up what the portfolio of directors shows."""
    return {"cells": add_up_portfolio()}


@schedule("selection.rechecks", kind="selection.rechecks", cron="20 5 * * *")
@handler(
    "selection.rechecks",
    title=_("Begin the re-checks whose day has come"),
    labels={"begun": _("Re-checks begun")},
)
def due_rechecks(job: RunningJob) -> dict[str, int]:
    """What each morning does with finished selection projects."""
    return {"begun": projects.bring_rechecks(today=timezone.localdate())}


@reminder_source("project-step-due", _("A step of a selection project is due"))
def project_steps_due(now: datetime) -> Iterator[Reminder]:
    """Who is responsible for the next step of a running project: three days before its day, and on it."""
    for step in steps_to_remind(timezone.localdate(now)):
        for lead in (timedelta(days=3), timedelta(0)):
            yield Reminder(
                user=step.responsible,
                key=f"{step.pk}:{lead.days}",
                due_at=morning_of(step.due_on - lead, step.responsible),
                subject=_("%(step)s of %(project)s is due on %(day)s"),
                params={"step": StepChoice(step.kind).label, "project": step.project.name, "day": step.due_on},
                url=reverse("selection:project-step", args=[step.project_id, step.kind]),
            )
