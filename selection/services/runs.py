"""Ask for a scoring of all customers."""

from __future__ import annotations

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
def request_scoring(*, by: User) -> Job:
    """Score all customers with the model in force, as a job; while one waits or runs, that one is returned.

    Raises DomainError when no model is in force.
    """
    if not permissions.can_run_scoring(by):
        raise NotAllowed("score", Verb.CREATE)
    model = ScoringModel.objects.in_force().first()
    if model is None:
        raise DomainError(_("No scoring model is in force. Put one into force first."))
    waiting = Job.objects.filter(kind=JOB_KIND, key=f"score:{model.pk}", state__in=["queued", "running"]).first()
    if waiting is not None:
        return waiting
    run = ScoringRun.objects.create(model=model, requested_by=by, key=f"{model.pk}:{timezone.now().isoformat()}")
    job = enqueue(
        kind=JOB_KIND,
        args={"run_id": run.pk},
        by=by,
        key=f"score:{model.pk}",
        title=gettext_lazy("Score all customers with %(model)s"),
        title_values={"model": str(model)},
    )
    if job.args.get("run_id") != run.pk:
        run.delete()
        return job
    audit.record(action=AuditEntry.Action.RUN, by=by, subject=run, label=str(model))
    return job
