"""Make a back-up."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kcrm.backups.errors import BackupError
from kcrm.backups.making import make_backup


class Command(BaseCommand):
    """`manage.py backup`: database, files and what ended, from one moment, checksummed, encrypted for one reader."""

    help = "Back up the database and the files into KCRM_BACKUP_DIR (or --to), encrypted for KCRM_BACKUP_RECIPIENT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, for whom, how many to keep."""
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="the folder of all back-ups")
        parser.add_argument("--recipient", default=settings.BACKUP_RECIPIENT, help="an age public key; plain without")
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP, help="how many stay; 0: all")
        parser.add_argument("--new-key", type=Path, metavar="FILE", help="make a key pair, write the private one, stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up."""
        if options["new_key"]:
            self._make_key(options["new_key"])
            return
        try:
            backup = make_backup(options["to"], recipient=options["recipient"], keep=options["keep"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        manifest = backup.manifest
        self.stdout.write(
            f"{backup.folder}: {sum(manifest.rows.values()):,} rows, {manifest.size / 1e6:.1f} MB, "
            f"{manifest.seconds} s, {'encrypted' if manifest.recipient else 'NOT encrypted'}"
        )

    def _make_key(self, path: Path) -> None:
        identity = pyrage.x25519.Identity.generate()
        try:
            with path.open("x") as stream:
                path.chmod(0o600)
                stream.write(f"# public key: {identity.to_public()}\n{identity}\n")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}. Name a file that does not exist yet.") from None
        self.stdout.write(f"The private key is in {path}: keep it off this machine; without it no back-up can be read.")
        self.stdout.write(f"Set KCRM_BACKUP_RECIPIENT={identity.to_public()}")
