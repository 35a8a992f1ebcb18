"""Bring a back-up back: the database in one transaction, the files by a change of folders, and what stays ended."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pyrage
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import AuditEntry
from accounts.services import audit
from accounts.services.ended_access import end_all_sessions
from jobs.services.hold import stand_still_after_restore
from kcrm.backups import programs, store
from kcrm.backups.errors import BackupError
from kcrm.backups.making import count_rows
from kcrm.backups.store import Backup
from kcrm.lib.aftermath import End, end_again, path_of_ends, read_ends

EMPTY = b"DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\nGRANT USAGE ON SCHEMA public TO PUBLIC;\n"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: rows in the database, files laid down, ends brought about again, mails and sessions ended."""

    rows: int
    files: int
    ended_again: dict[str, int]
    mails_withdrawn: int
    sessions_ended: int
    former_media: Path | None


def restore(backup: Backup, *, identity: str = "") -> Restored:
    """Put the database and the files back to what they were when the back-up was taken.

    Nobody else may be connected. The database changes wholly or not at all; the files of before stay beside the new
    ones. All jobs stand still afterwards, mails that waited are withdrawn, everybody is signed out, and what was
    revoked or deactivated since is ended again. Raises BackupError.
    """
    if changed := store.changed_files(backup):
        raise BackupError(f"Not what was written: {', '.join(changed)}. Take another back-up.")
    key = identity_of(backup, identity)
    _nobody_else()
    ends = [*_ends_of(backup, key), *read_ends(path_of_ends(), since=backup.manifest.moment)]
    with unpacked(backup, store.DATABASE, key) as dump:
        _replace_database(dump)
    connection.close()
    with connection.cursor() as cursor:
        rows = count_rows(cursor)
    if rows != backup.manifest.rows:
        wrong = sorted(
            table for table in rows | backup.manifest.rows if rows.get(table) != backup.manifest.rows.get(table)
        )
        raise BackupError(f"The restored database has other row counts in: {', '.join(wrong)}.")
    with unpacked(backup, store.MEDIA, key) as archive:
        files, former = _replace_media(archive)
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        withdrawn = stand_still_after_restore()
        sessions = end_all_sessions()
        audit.record(
            action=AuditEntry.Action.RESTORE,
            by=None,
            changes={"back-up": [None, backup.folder.name]},
            reason="restored from a back-up",
        )
    again = end_again(ends)
    return Restored(sum(rows.values()), files, again, withdrawn, sessions, former)


def identity_of(backup: Backup, text: str) -> pyrage.x25519.Identity | None:
    """The private key for this back-up. Raises BackupError when one is needed and this is none."""
    if not backup.manifest.recipient:
        return None
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("AGE-SECRET-KEY-")]
    if not lines:
        raise BackupError("This back-up is encrypted. Name the file with its private key: --identity FILE.")
    try:
        return pyrage.x25519.Identity.from_str(lines[0])
    except pyrage.IdentityError:
        raise BackupError("The private key cannot be read.") from None


@contextmanager
def unpacked(backup: Backup, name: str, key: pyrage.x25519.Identity | None) -> Iterator[IO[bytes]]:
    """A part of a back-up as a plain file: itself, or decrypted into the temporary folder for as long as it is read."""
    path = backup.file(name)
    with path.open("rb") as stored:
        if key is None:
            yield stored
            return
        with tempfile.TemporaryFile() as plain:
            try:
                pyrage.decrypt_io(stored, plain, [key])
            except pyrage.DecryptError:
                raise BackupError(f"The private key does not open {path.name}.") from None
            plain.seek(0)
            yield plain


def _ends_of(backup: Backup, key: pyrage.x25519.Identity | None) -> list[End]:
    """What had ended when the back-up was made: already so in its database, unless it was written a moment later."""
    with unpacked(backup, store.ENDED, key) as stream, tempfile.NamedTemporaryFile() as copy:
        copy.write(stream.read())
        copy.flush()
        return list(read_ends(Path(copy.name), since=backup.manifest.moment))


def _nobody_else() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    connection.close()
    if others:
        raise BackupError(
            f"{others} other connections use this database. Stop web, workers and scheduler first, then restore."
        )


def _replace_database(dump: IO[bytes]) -> None:
    """Empty the schema and read the dump in one transaction: a failure leaves the database as it was."""
    script = programs.start("pg_restore", "--no-owner", "--file=-", stdin=dump, stdout=subprocess.PIPE)
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    reader = programs.start("psql", *options, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert script.stdout is not None  # noqa: S101 - pipes were asked for
    assert reader.stdin is not None  # noqa: S101
    said: list[bytes] = []
    listener = threading.Thread(target=lambda: said.append(reader.stderr.read() if reader.stderr else b""), daemon=True)
    listener.start()
    whole = True
    try:
        reader.stdin.write(b"SET statement_timeout = 0;\nSET lock_timeout = '10s';\n" + EMPTY)
        while chunk := script.stdout.read(store.CHUNK):
            reader.stdin.write(chunk)
        programs.finish(script, "pg_restore")
    except BrokenPipeError:
        whole = False  # psql ended first; it says why
    except BackupError:
        reader.kill()  # before it sees the end of its input and commits half a dump
        raise
    finally:
        with contextlib.suppress(BrokenPipeError):
            reader.stdin.close()
    listener.join(10)
    if reader.wait() != 0 or not whole:
        last = b"".join(said).decode("utf-8", "replace").strip().splitlines()[:4]
        raise BackupError("The database is as it was; psql refused the dump:\n" + "\n".join(last))


def _replace_media(archive: IO[bytes]) -> tuple[int, Path | None]:
    """Lay the files down beside the present ones, then change the folders."""
    root = Path(settings.MEDIA_ROOT)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    fresh = root.with_name(f"{root.name}.restoring-{stamp}")
    fresh.mkdir(parents=True, mode=0o700)
    count = 0
    with tarfile.open(fileobj=archive, mode="r|") as tar:
        for member in tar:
            source = tar.extractfile(member)
            target = (fresh / member.name).resolve()
            if source is None or not target.is_relative_to(fresh.resolve()):
                raise BackupError(f"{member.name} in {store.MEDIA} is no plain file of this folder.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, target.open("xb") as stream:
                shutil.copyfileobj(source, stream)
            count += 1
    former = None
    if root.exists():
        former = root.with_name(f"{root.name}.before-{stamp}")
        root.rename(former)
    fresh.rename(root)
    return count, former
