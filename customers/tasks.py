"""The kinds of jobs of this app, whose notices may name which customers, and what people are reminded of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Contact
from customers.querysets.customers import seen_keys
from customers.selectors import reminders
from customers.services import account_teams, duplicate_scans, tasks
from customers.services.imports.batches import KIND
from customers.services.imports.purging import purge_imports
from customers.services.imports.running import check_batch, rows_checked, run_batch
from customers.services.imports.undoing import undo_batch
from customers.services.merging.undoing import DAYS, forget_rows
from customers.services.privacy import requests as privacy_requests
from customers.services.privacy.copying import archive_of_person
from jobs.handlers import handler
from jobs.registry import declares_customer_sight
from jobs.reminders import Reminder, reminder_source
from jobs.running import RunningJob
from jobs.schedules import schedule
from jobs.services.schedules import database_now

NOTIFICATION_KINDS = (
    tasks.ASSIGNED,
    account_teams.JOINED,
    account_teams.HANDED_OVER,
    privacy_requests.TO_DECIDE,
)  # declared by importing them


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
        batch = check_batch(batch_id=number, by=job.by, progress=job.progress)  # nobody knows how many rows there are
        return {"url": _page(number), "read": (batch.checked or {}).get("read", 0)}
    if act == "run":
        total = rows_checked(number)
        batch = run_batch(
            batch_id=number, by=job.by, progress=lambda done: job.progress(done, total), atomic=job.atomic
        )
        counts = {name: getattr(batch, name) for name in ("read", "created", "updated", "unchanged", "rejected")}
        return {"url": _page(number)} | counts
    batch = undo_batch(batch_id=number, by=job.by, progress=job.progress, atomic=job.atomic)
    return {"url": _page(number), "undone": batch.undone, "kept": batch.kept}


@handler(privacy_requests.COPY, title=_("Copy of a person's data"), heavy=True, labels={"bytes": _("Bytes")})
def copy_person(job: RunningJob) -> dict[str, int]:
    """Make the archive that a person asked for, for the director who approved it."""
    if job.by is None:
        raise PermissionDenied
    contact = Contact.objects.visible_to(job.by).get(pk=int(job.args["contact"]))
    content = archive_of_person(contact, database_now())
    job.attach(ContentFile(content), name=f"privacy-{contact.pk}.zip")
    return {"bytes": len(content)}


@schedule("customers.imports-purge", kind="customers.imports-purge", cron="50 3 * * *")
@handler("customers.imports-purge", title=_("Forget the rows of imports past their time"), heavy=True)
def forget_rows_of_imports(job: RunningJob) -> dict[str, int]:
    """What imports remember of their rows goes when they can no longer be taken back."""
    return purge_imports(now=database_now())


def _page(number: int) -> str:
    return reverse("imports:import-detail", args=[number])


@declares_customer_sight
def customer_sight(user: User) -> QuerySet[Any] | RawSQL:
    """The ids of the customers whose name a notice to this person may carry."""
    return seen_keys(user)


@reminder_source("task-due", _("A task is due"))
def due_tasks(now: datetime) -> Iterator[Reminder]:
    """Each open task in the morning of its day, where its assignee lives; a moved day is told anew."""
    for task, due_on in reminders.tasks_to_remind(now):
        yield Reminder(
            user=task.assignee,
            key=str(task.pk),
            due_at=reminders.morning_of(due_on, task.assignee),
            subject=_("Due today: %(title)s (%(customer)s)"),
            params={"title": task.title, "customer": task.customer.name},
            url=reverse("customers:task-detail", args=[task.pk]),
            customer_id=task.customer_id,
        )


@reminder_source("agreement-notice", _("The notice day of an agreement comes near"))
def notice_days(now: datetime) -> Iterator[Reminder]:
    """Each agreement two weeks before its notice day, to the owner of the account."""
    for row in reminders.agreements_to_remind(now):
        yield Reminder(
            user=row.owner,
            key=str(row.agreement.pk),
            due_at=reminders.morning_of(row.notice_on - reminders.NOTICE_LEAD, row.owner),
            subject=_("Decide by %(day)s: %(title)s (%(customer)s)"),
            params={"day": row.notice_on, "title": row.agreement.title, "customer": row.agreement.customer.name},
            url=reverse("customers:agreement-detail", args=[row.agreement.pk]),
            customer_id=row.agreement.customer_id,
        )


@schedule(duplicate_scans.KIND, kind=duplicate_scans.KIND, cron="10 2 * * *")
@handler(
    duplicate_scans.KIND,
    title=_("Look for duplicates"),
    heavy=True,
    labels={"customers": _("pairs of customers"), "contacts": _("pairs of contacts")},
)
def find_duplicates(job: RunningJob) -> dict[str, Any]:
    """Compare all customers and people; the pairs wait in the review queue."""
    with job.atomic():
        return duplicate_scans.scan(progress=job.progress)


@schedule("customers.merges", kind="customers.merges", cron="50 2 * * *")
@handler("customers.merges", title=_("Forget what old merges moved"), labels={"rows": _("Rows")})
def forget_old_merges(job: RunningJob) -> dict[str, int]:
    """After thirty days a merge cannot be taken back any more, and what its rows were is forgotten."""
    return {"rows": forget_rows(before=database_now() - timedelta(days=DAYS))}
