"""Say what is wrong with the back-ups."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kcrm.backups.alarms import alarms
from kcrm.backups.store import backups_in


class Command(BaseCommand):
    """`manage.py check_backups`: ends with an error when a back-up or its rehearsal is missing, late or odd."""

    help = "Check age, size and version of the back-ups and the date of the last trial restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where they lie."""
        parser.add_argument("--in", dest="place", type=Path, default=settings.BACKUP_DIR)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check."""
        backups = backups_in(options["place"])
        major = connection.pg_version // 10_000  # type: ignore[attr-defined]  # PostgreSQL's own wrapper
        if found := alarms(backups, now=datetime.now(UTC), postgres=major):
            raise CommandError("\n".join(str(alarm.sentence) % alarm.values for alarm in found))
        self.stdout.write(f"{len(backups)} back-ups, the last of {backups[-1].manifest.made_at}.")
