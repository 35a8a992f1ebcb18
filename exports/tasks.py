"""The job that writes a large export."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from exports.notices import EXPORT_ASKED, EXPORT_DECIDED
from exports.services import requests
from exports.services.writing import write_export
from jobs.handlers import handler
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.services.schedules import database_now

KEPT_FOR: Final = timedelta(days=90)
NOTICES = (EXPORT_ASKED, EXPORT_DECIDED)


@handler(
    requests.KIND,
    title=_("Write an export"),
    heavy=True,
    per_person=2,
    may_download=requests.may_download,
    labels={"rows": _("Rows")},
)
def write(job: RunningJob) -> dict[str, Any]:
    """Write the file with the rights that the person has now."""
    if job.by is None:
        raise PermissionDenied
    asked = write_export(request_id=int(job.args["request"]), by=job.by, attach=job.attach, atomic=job.atomic)
    return {"rows": asked.row_count}


@schedule("exports.purge", kind="exports.purge", cron="20 3 * * *")
@handler("exports.purge", title=_("Forget old exports"))
def forget_old_requests(job: RunningJob) -> dict[str, int]:
    """After ninety days a request is forgotten; its file went long before."""
    return {"forgotten": requests.purge(before=database_now() - KEPT_FOR)}
