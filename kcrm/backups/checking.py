"""Whether a restored installation is whole: its sums, its files, its audit trail, its sign-in page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.test.utils import override_settings

from accounts.calculations import GENESIS
from accounts.models import AuditSeal
from accounts.services.seals import verify_trail
from customers.models import Document
from jobs.models import EmailMessage, Hold
from kcrm.backups.errors import BackupError
from kcrm.backups.store import Backup


def constraints_hold(backup: Backup) -> str:
    """Every constraint that was not validated when it was restored is validated now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated")
        open_ones = cursor.fetchall()
    if open_ones:
        raise BackupError(f"Not validated: {open_ones[:5]}")
    return "all constraints are valid"


def sums_agree(backup: Backup) -> str:
    """The ledger's lines and the sums by customer and month that pages show are the same money."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COALESCE(sum(net_units), 0) FROM profitability_ledgerline),"
            " (SELECT COALESCE(sum(net_units), 0) FROM profitability_customermonth)"
        )
        lines, months = cursor.fetchone()
    if lines != months:
        raise BackupError(f"The ledger's lines sum to {lines}, its months to {months}.")
    return f"lines and months both sum to {lines / 10_000:,.2f}"


def files_are_whole(backup: Backup) -> str:
    """Every document has its file with the digest of its upload."""
    count = 0
    for document in Document.objects.exclude(file="").iterator():
        path = Path(settings.MEDIA_ROOT) / document.file.name
        if not default_storage.exists(document.file.name):
            raise BackupError(f"The file of document {document.pk} is missing.")
        with path.open("rb") as stream:
            if document.sha256 and hashlib.file_digest(stream, "sha256").hexdigest() != document.sha256:
                raise BackupError(f"The file of document {document.pk} is not what was uploaded.")
        count += 1
    return f"{count} documents have their files"


def trail_is_whole(backup: Backup) -> str:
    """The audit trail is as it was sealed, and its chain contains the head of the back-up's moment."""
    verdict = verify_trail()
    if verdict.faults:
        raise BackupError("The audit trail is not what was sealed.")
    head = backup.manifest.audit_head
    if head != GENESIS and not AuditSeal.objects.filter(digest=head).exists():
        raise BackupError("The audit trail lacks the head that the back-up names.")
    return f"{verdict.entries} sealed entries"


def schema_is_current(backup: Backup) -> str:
    """Every migration of this release has run."""
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupError(f"{len(plan)} migrations are missing.")
    return "schema is that of this release"


def nothing_runs(backup: Backup) -> str:
    """Jobs stand still and no mail waits to go out."""
    waiting = EmailMessage.objects.waiting().count()
    if waiting or not Hold.objects.exists():
        raise BackupError(f"Jobs run or mails go out ({waiting} waiting).")
    return "jobs stand still, no mail waits"


def people_can_sign_in(backup: Backup) -> str:
    """The sign-in page answers."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # none are collected
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False, STORAGES=settings.STORAGES | plain):
        status = Client().get("/accounts/login/").status_code
    if status != 200:
        raise BackupError(f"The sign-in page answers {status}.")
    return "the sign-in page answers"


CHECKS: Final[dict[str, Callable[[Backup], str]]] = {
    "constraints": constraints_hold,
    "sums": sums_agree,
    "files": files_are_whole,
    "audit trail": trail_is_whole,
    "schema": schema_is_current,
    "stand-still": nothing_runs,
    "sign-in": people_can_sign_in,
}
