"""The jobs of bulk edits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bulk.services.edits import KIND, purge
from bulk.services.running import revert_edit, run_edit
from jobs.handlers import handler
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.services.schedules import database_now

KEPT_FOR: Final = timedelta(days=30)


@handler(
    KIND,
    title=_("Change many rows"),
    heavy=True,
    per_person=2,
    announces=False,
    labels={
        "changed": _("changed"), "unchanged": _("unchanged"), "refused": _("left as they are"),
        "undone": _("taken back"), "kept": _("kept"),
    },
)  # fmt: skip
def bulk_edit(job: RunningJob) -> dict[str, Any]:
    """Run one edit or take it back, with the rights that its maker has now."""
    if job.by is None:
        raise PermissionDenied
    act = revert_edit if job.args["act"] == "revert" else run_edit
    edit = act(edit_id=int(job.args["edit"]), by=job.by, progress=job.progress, atomic=job.atomic)
    names = ("undone", "kept") if job.args["act"] == "revert" else ("changed", "unchanged", "refused")
    return {"url": reverse("bulk:edit-detail", args=[edit.pk])} | {name: getattr(edit, name) for name in names}


@schedule("bulk.purge", kind="bulk.purge", cron="10 3 * * *")
@handler("bulk.purge", title=_("Forget old bulk edits"))
def forget_old_edits(job: RunningJob) -> dict[str, int]:
    """After thirty days an edit cannot be taken back any more, and what its records were is forgotten."""
    return {"forgotten": purge(before=database_now() - KEPT_FOR)}
