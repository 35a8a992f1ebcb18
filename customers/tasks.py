"""The kinds of jobs of this app."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.services.imports.batches import KIND
from customers.services.imports.running import check_batch, run_batch
from customers.services.imports.undoing import undo_batch
from jobs.handlers import handler
from jobs.running import RunningJob


@handler(
    KIND,
    title=_("Import rows"),
    heavy=True,
    per_person=2,
    labels={"read": _("rows"), "created": _("created"), "updated": _("changed"), "unchanged": _("unchanged"),
            "rejected": _("refused"), "undone": _("taken back"), "kept": _("kept")},
)  # fmt: skip
def import_batch(job: RunningJob) -> dict[str, Any]:
    """Check, bring in or take back one batch, with the rights that its owner has now."""
    if job.by is None:
        raise PermissionDenied
    number, act = int(job.args["batch"]), job.args["act"]
    if act == "check":
        batch = check_batch(batch_id=number, by=job.by, progress=job.progress)
        return {"url": _page(number), "read": (batch.checked or {}).get("read", 0)}
    if act == "run":
        batch = run_batch(batch_id=number, by=job.by, progress=job.progress, atomic=job.atomic)
        counts = {name: getattr(batch, name) for name in ("read", "created", "updated", "unchanged", "rejected")}
        return {"url": _page(number)} | counts
    batch = undo_batch(batch_id=number, by=job.by, progress=job.progress, atomic=job.atomic)
    return {"url": _page(number), "undone": batch.undone, "kept": batch.kept}


def _page(number: int) -> str:
    return reverse("imports:import-detail", args=[number])
