"""Restore the newest back-up on trial, into a PostgreSQL made for it: behind bin/restore-drill.

Runs outside Django, since the trial has a database, files and settings of its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kcrm.backups import point_in_time, store
from kcrm.backups.errors import BackupError
from kcrm.backups.store import Backup, Drill
from kcrm.embedded import installation
from kcrm.embedded.errors import CannotStart
from kcrm.embedded.installation import CHECKOUT
from kcrm.embedded.postgres import Cluster


class Rehearsal:
    """One trial: its steps, told as they happen and kept beside the back-up."""

    def __init__(self, backup: Backup, identity: Path | None) -> None:
        self.backup, self.identity = backup, identity
        self.steps: list[dict[str, Any]] = []

    def run(self) -> bool:
        """Try everything; True when all went well."""
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="kcrm-drill-") as name:
            folder = Path(name)
            cluster = Cluster(
                folder / "postgres",
                sockets=folder / "run",
                log=folder / "postgres.log",
                extra=point_in_time.ARCHIVING,
            )
            passed = self._step("checksums", self._checksums) and self._on(cluster, folder)
            cluster.remove()
        seconds = round(time.monotonic() - began, 1)
        drill = Drill(datetime.now(UTC).isoformat(timespec="seconds"), seconds, passed, self.steps)
        self.backup.note_drill(drill)
        return passed

    def _on(self, cluster: Cluster, folder: Path) -> bool:
        server = cluster.launch()
        try:
            cluster.ensure_database("kcrm")
            environment = os.environ | {
                "DATABASE_URL": cluster.url("kcrm"),
                "KCRM_DATA_DIR": str(folder / "data"),
                "KCRM_STATEMENT_TIMEOUT": "0",
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "kcrm.settings.dev"),
            }
            environment.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # nothing is sent
            return (
                self._step("restore", lambda: self._manage(environment, "restore", "--yes"))
                and self._step("whole", lambda: self._manage(environment, "check_restored"))
                and self._step("point in time", lambda: point_in_time.rehearse(cluster, folder))
            )
        finally:
            server.stop(10)

    def _step(self, name: str, work: Callable[[], str]) -> bool:
        began = time.monotonic()
        try:
            said, passed = work(), True
        except (BackupError, CannotStart, OSError) as error:
            said, passed = str(error), False
        seconds = round(time.monotonic() - began, 1)
        self.steps.append({"name": name, "passed": passed, "seconds": seconds, "said": said})
        print(f"{'ok    ' if passed else 'FAILED'} {name:14} {seconds:6.1f} s  {said}", flush=True)  # noqa: T201
        return passed

    def _checksums(self) -> str:
        if changed := store.changed_files(self.backup):
            raise BackupError(f"not what was written: {', '.join(changed)}")
        return f"{len(self.backup.manifest.files)} files, {self.backup.manifest.size / 1e6:.1f} MB"

    def _manage(self, environment: dict[str, str], command: str, *options: str) -> str:
        named = ["--identity", str(self.identity)] if self.identity and command == "restore" else []
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "manage.py", command, str(self.backup.folder), *options, *named],
            env=environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise BackupError("\n".join((done.stderr or done.stdout).strip().splitlines()[-6:]))
        return "; ".join(done.stdout.strip().splitlines())


def place_of_backups() -> Path:
    """Where back-ups lie: KCRM_BACKUP_DIR, else `backups` in the data folder."""
    named = os.environ.get("KCRM_BACKUP_DIR", "")
    return Path(named).expanduser().resolve() if named else installation.data_path() / "backups"


def main(arguments: list[str]) -> int:
    """0 when the trial went well."""
    parser = argparse.ArgumentParser(
        prog="bin/restore-drill",
        description="Restore a back-up on trial into an empty PostgreSQL, check it, and recover to a moment.",
    )
    parser.add_argument("folder", nargs="?", type=Path, help="the back-up; the newest one without this")
    parser.add_argument("--identity", type=Path, help="the file with the private key of an encrypted back-up")
    options = parser.parse_args(arguments)
    place = place_of_backups()
    if options.folder:
        backup = store.open_backup(options.folder)
    elif found := store.backups_in(place):
        backup = found[-1]
    else:
        raise BackupError(f"There is no back-up in {place}. Make one with bin/backup.")
    print(f"Restoring {backup.folder} on trial ...", flush=True)  # noqa: T201
    if shutil.disk_usage(tempfile.gettempdir()).free < 4 * backup.manifest.size:
        raise BackupError("The temporary folder has too little room. Set TMPDIR to a larger one.")
    return 0 if Rehearsal(backup, options.identity).run() else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (BackupError, CannotStart) as refusal:
        sys.exit(str(refusal))
