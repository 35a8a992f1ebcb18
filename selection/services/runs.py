"""Ask for a scoring of all customers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from jobs.models import Job
from jobs.services.queue import enqueue
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import ScoringModel, ScoringRun

JOB_KIND = "selection.score-customers"


@transaction.atomic
def request_scoring(*, by: User, model_id: int | None = None) -> Job:
    """Score all customers with the models in force, or those of one model, as a job.

    Each segment is scored with its own model (M09). While such a job waits or runs, that one is returned. Raises
    DomainError when no model is in force, or this one is not.
    """
    if not permissions.can_run_scoring(by):
        raise NotAllowed("score", Verb.CREATE)
    rows = ScoringModel.objects.in_force().order_by("segment_id", "pk")
    models = list(rows if model_id is None else rows.filter(pk=model_id))
    if not models:
        raise DomainError(_("No scoring model is in force. Put one into force first."))
    return _asked(models, key=f"score:{model_id or 'all'}", by=by)


@transaction.atomic
def ask_scoring_of_all() -> Job | None:
    """Score all customers because too much changed to score them one by one; None while no model is in force."""
    models = list(ScoringModel.objects.in_force().order_by("segment_id", "pk"))
    return _asked(models, key="score:all", by=None) if models else None


def _asked(models: Sequence[ScoringModel], *, key: str, by: User | None) -> Job:
    waiting = Job.objects.filter(kind=JOB_KIND, key=key, state__in=["queued", "running"]).first()
    if waiting is not None:
        return waiting
    now = timezone.now().isoformat()
    runs = [ScoringRun.objects.create(model=one, requested_by=by, key=f"{one.pk}:{now}") for one in models]
    ids = [run.pk for run in runs]
    job = enqueue(
        kind=JOB_KIND,
        args={"run_ids": ids},
        by=by,
        key=key,
        title=gettext_lazy("Score all customers with %(model)s"),
        title_values={"model": ", ".join(map(str, models))},
    )
    if job.args.get("run_ids") != ids:
        ScoringRun.objects.filter(pk__in=ids).delete()
        return job
    for run in runs:
        audit.record(action=AuditEntry.Action.RUN, by=by, subject=run, label=str(run.model))
    return job
