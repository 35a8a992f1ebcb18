"""Hold a restored installation against what must be true of it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kcrm.backups.checking import CHECKS
from kcrm.backups.errors import BackupError
from kcrm.backups.store import open_backup


class Command(BaseCommand):
    """`manage.py check_restored FOLDER`, right after `restore`: one line a check; ends with an error when one fails."""

    help = "Check a freshly restored installation: constraints, sums, files, audit trail, schema, sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which back-up it was restored from."""
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check."""
        try:
            backup = open_backup(options["folder"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        failed = []
        for name, check in CHECKS.items():
            try:
                self.stdout.write(check(backup))
            except BackupError as error:
                failed.append(f"{name}: {error}")
        if failed:
            raise CommandError("\n".join(failed))
