"""Recurring work of the roof: sealing the audit trail, forgetting ended sessions, back-ups."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.housekeeping import forget_expired
from accounts.services.seals import seal_trail, verify_trail
from customers.models import Customer
from customers.permissions import can_export_customer
from jobs.handlers import handler
from jobs.models import Job
from jobs.notices import notification_kind
from jobs.registry import Sign, shows_sign
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.services.notifications import notify
from jobs.services.schedules import database_now
from kcrm.archive import write_archive
from kcrm.archive_requests import ARCHIVE
from kcrm.backups.alarms import Alarm, alarms
from kcrm.backups.making import make_backup
from kcrm.backups.store import backups_in
from kcrm.lib import formats
from kcrm.retention import let_go

BACKUPS = notification_kind("system.backups", _("Something is wrong with the back-ups"), email="now")


@schedule("accounts.seal", kind="accounts.seal", every=timedelta(hours=1))
@handler("accounts.seal", title=_("Seal the audit trail"), heavy=True, labels={"sealed": _("Entries sealed")})
def seal(job: RunningJob) -> dict[str, int]:
    """Put the entries of the last hour under seal."""
    closed = seal_trail(now=database_now())
    return {"sealed": closed.count if closed else 0}


@schedule("accounts.verify", kind="accounts.verify", cron="20 4 * * *")
@handler(
    "accounts.verify",
    title=_("Hold the audit trail against its seals"),
    heavy=True,
    max_attempts=1,
    labels={"entries": _("Entries under seal"), "head": _("Head of the chain")},
)
def verify(job: RunningJob) -> dict[str, int | str]:
    """Check every sealed entry; a fault ends the job dead, which raises an alarm."""
    verdict = verify_trail()
    if verdict.faults:
        raise RuntimeError(f"The audit trail is not what was sealed: run verify_audit. {len(verdict.faults)} faults.")
    return {"entries": verdict.entries, "head": verdict.head}


@schedule("accounts.forget", kind="accounts.forget", cron="50 3 * * *")
@handler("accounts.forget", title=_("Forget ended sessions and old counters"))
def forget(job: RunningJob) -> dict[str, int]:
    """Delete what signing in left behind."""
    return forget_expired(now=database_now())


def _may_fetch_archive(user: User, job: Job) -> bool:
    """The right may have ended since the archive was made."""
    customer = Customer.objects.visible_to(user).select_related("org_unit").filter(pk=job.args["customer"]).first()
    return customer is not None and can_export_customer(user, customer)


@handler(
    ARCHIVE,
    title=_("Archive of a customer"),
    heavy=True,
    per_person=2,
    may_download=_may_fetch_archive,
    labels={"rows": _("Rows"), "files": _("Files")},
)
def archive_customer(job: RunningJob) -> dict[str, int]:
    """Write everything that the person may see now about the customer into one file."""
    if job.by is None:
        raise PermissionDenied
    customer = Customer.objects.visible_to(job.by).select_related("org_unit").get(pk=int(job.args["customer"]))
    with tempfile.NamedTemporaryFile(suffix=".zip") as target:
        done = write_archive(Path(target.name), customer, by=job.by, now=database_now())
        with Path(target.name).open("rb") as stream:
            job.attach(File(stream), name=f"customer-{customer.pk}.zip")
    return {"rows": sum(done.rows.values()), "files": done.files}


@schedule("backups.make", kind="backups.make", cron="30 2 * * *")
@handler(
    "backups.make",
    title=_("Back up the database and the files"),
    heavy=True,
    max_attempts=2,
    labels={"rows": _("Rows"), "bytes": _("Bytes"), "folder": _("Folder")},
)
def back_up(job: RunningJob) -> dict[str, int | str]:
    """Write tonight's back-up, where a folder for back-ups is named."""
    if not settings.BACKUP_NIGHTLY:
        return {"rows": 0, "bytes": 0, "folder": ""}
    backup = make_backup(settings.BACKUP_DIR, recipient=settings.BACKUP_RECIPIENT, keep=settings.BACKUP_KEEP)
    return {"rows": sum(backup.manifest.rows.values()), "bytes": backup.manifest.size, "folder": backup.folder.name}


@schedule("backups.watch", kind="backups.watch", every=timedelta(hours=1))
@handler("backups.watch", title=_("Look after the back-ups"), labels={"alarms": _("Alarms")})
def watch_backups(job: RunningJob) -> dict[str, int]:
    """Tell every administrator, once a day, in the app and by mail, what is wrong with the back-ups."""
    if not settings.BACKUP_NIGHTLY:
        return {"alarms": 0}
    now = database_now()
    found = backup_alarms(now)
    with transaction.atomic():
        for alarm in found:
            for person in User.objects.administrators():
                notify(
                    user=person,
                    kind=BACKUPS,
                    key=f"backups:{alarm.key}:{now:%Y-%m-%d}",
                    subject=alarm.sentence,
                    params=alarm.values,
                    url=reverse("jobs:system-health"),
                    urgent=True,
                )
    return {"alarms": len(found)}


def backup_alarms(now: datetime) -> list[Alarm]:
    """What is wrong with the back-ups of this installation."""
    major = connection.pg_version // 10_000  # type: ignore[attr-defined]  # PostgreSQL's own wrapper
    return alarms(backups_in(settings.BACKUP_DIR), now=now, postgres=major)


@shows_sign
def backup_sign(now: datetime) -> Sign:
    """The last back-up on the page about the system."""
    found = backups_in(settings.BACKUP_DIR)
    if not found:
        return Sign(
            gettext("Last back-up"), gettext("never"), gettext("see the operations page"), settings.BACKUP_NIGHTLY
        )
    wrong = backup_alarms(now) if settings.BACKUP_NIGHTLY else []
    drill = max((backup.drill.moment for backup in found if backup.drill and backup.drill.passed), default=None)
    if wrong:
        note = str(wrong[0].sentence) % wrong[0].values
    elif drill:
        note = gettext("restored on trial %(age)s") % {"age": formats.age(drill, now)}
    else:
        note = gettext("never restored on trial")
    return Sign(gettext("Last back-up"), formats.age(found[-1].manifest.moment, now), note, bool(wrong))


@schedule("retention", kind="retention", cron="10 1 * * *")
@handler(
    "retention",
    title=_("Let go of what was kept long enough"),
    heavy=True,
    labels={
        "people": _("People erased"),
        "documents": _("Files"),
        "interactions": _("Interactions"),
        "tasks": _("Tasks"),
        "histories": _("Rows of histories"),
    },
)
def retain(job: RunningJob) -> dict[str, int]:
    """Erase, empty the bin, drop old histories, as the rules of retention say."""
    return let_go(now=database_now())
