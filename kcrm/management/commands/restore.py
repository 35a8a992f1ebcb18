"""Put an installation back to a back-up."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kcrm.backups.errors import BackupError
from kcrm.backups.restoring import restore
from kcrm.backups.store import open_backup


class Command(BaseCommand):
    """`manage.py restore FOLDER --yes`: replaces everything in the database and the media folder."""

    help = "Replace the database and the files by those of a back-up. Web, workers and scheduler must be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which back-up, with which key, and whether it is meant."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--identity", type=Path, help="the file with the private key of an encrypted back-up")
        parser.add_argument("--yes", action="store_true", help="replace what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore."""
        if not options["yes"]:
            raise CommandError("This replaces everything in the database and the media folder. Add --yes to do it.")
        try:
            identity = options["identity"].read_text() if options["identity"] else ""
            done = restore(open_backup(options["folder"]), identity=identity)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from None
        again = ", ".join(f"{kind} {count}" for kind, count in sorted(done.ended_again.items())) or "nothing"
        self.stdout.write(f"{done.rows:,} rows and {done.files} files are back; ended again: {again}.")
        self.stdout.write(
            f"{done.mails_withdrawn} waiting mails withdrawn, {done.sessions_ended} sessions ended; all jobs "
            "stand still until an administrator lets them go on (page System health)."
        )
        if done.former_media:
            self.stdout.write(f"The files of before lie in {done.former_media}.")
