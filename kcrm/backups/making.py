"""Make a back-up: the database and its row counts from one snapshot, then the files, then what ended."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.services.seals import verify_trail
from kcrm.backups import programs, store
from kcrm.backups.errors import BackupError
from kcrm.backups.store import Backup, Manifest, StoredFile
from kcrm.lib.aftermath import path_of_ends


def make_backup(place: Path, *, recipient: str = "", keep: int = 0) -> Backup:
    """Write a back-up below `place` and return it; `keep` newest ones stay (0: all of them).

    `recipient` is an age public key (`age1...`): nothing is then written in the clear, and only the holder of the
    private key can read it. The dump comes first, the files second: a file without a row does no harm. Raises
    BackupError; what was begun is removed.
    """
    key = _recipient(recipient)
    began, now = time.monotonic(), datetime.now(UTC)
    folder = place / f"{store.PREFIX}{now:%Y%m%dT%H%M%SZ}{store.PARTIAL}"
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made ({error.strerror}). Name a folder that you may write.") from None
    head = verify_trail().head
    try:
        with _snapshot() as (snapshot, rows):
            dump = programs.start("pg_dump", "--format=custom", f"--snapshot={snapshot}", stdout=subprocess.PIPE)
            assert dump.stdout is not None  # noqa: S101 - a pipe was asked for
            files = [_write(folder, store.DATABASE, dump.stdout, key)]
            programs.finish(dump, "pg_dump")
        files.append(_write_from(folder, store.MEDIA, _pack_media, key))
        ended = path_of_ends()
        ends = ended.read_bytes() if ended.exists() else b""
        files.append(_write(folder, store.ENDED, io.BytesIO(ends), key))
        manifest = Manifest(
            made_at=now.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began, 1),
            product=_product(),
            postgres=connection.pg_version // 10_000,  # type: ignore[attr-defined]  # PostgreSQL's own wrapper
            recipient=recipient,
            files=files,
            rows=rows,
            migrations=_migrations(),
            audit_head=head,
        )
        store.write_whole(folder / store.MANIFEST, asdict(manifest))
        if not key:
            programs.run("pg_restore", "--list", folder / store.DATABASE)
        finished = folder.with_suffix("")
        folder.rename(finished)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if keep:
        store.forget_old(place, keep=keep)
    return Backup(finished, manifest)


@contextmanager
def _snapshot() -> Iterator[tuple[str, dict[str, int]]]:
    """A moment of the database that the dump shares, and how many rows each table has in it."""
    second = connection.copy()
    try:
        second.set_autocommit(False)
        with second.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            yield snapshot, count_rows(cursor)
    finally:
        second.close()


def count_rows(cursor: Any) -> dict[str, int]:
    """How many rows each table has."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    tables = [name for (name,) in cursor.fetchall()]
    quote = connection.ops.quote_name
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {quote(name)}" for name in tables))  # noqa: S608 - names of the catalogue
    return dict(sorted(cursor.fetchall()))


class _Measured:
    """Writes through, counts and hashes on the way."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target, self.size, self.hash = target, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write all of it."""
        self.target.write(data)
        self.size += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Hand on what is held back."""
        self.target.flush()


def _write(folder: Path, name: str, source: IO[bytes], key: pyrage.x25519.Recipient | None) -> StoredFile:
    """Copy a stream into a part of the back-up, encrypted when there is a key, in constant memory."""
    stored = f"{name}.age" if key else name
    with (folder / stored).open("xb") as target:  # the folder is closed to others
        measured = _Measured(target)
        if key:
            pyrage.encrypt_io(source, measured, [key])
        else:
            while chunk := source.read(store.CHUNK):
                measured.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return StoredFile(stored, measured.size, measured.hash.hexdigest())


def _write_from(
    folder: Path, name: str, produce: Callable[[IO[bytes]], None], key: pyrage.x25519.Recipient | None
) -> StoredFile:
    """The same for something that writes rather than reads: through a pipe."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(writing, "wb") as stream:
                produce(stream)
        except BaseException as error:
            failures.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    with os.fdopen(reading, "rb") as source:
        stored = _write(folder, name, source, key)
    worker.join()
    if failures:
        raise failures[0]
    return stored


def _pack_media(stream: IO[bytes]) -> None:
    """All uploaded files; one that is deleted meanwhile is left out."""
    root = Path(settings.MEDIA_ROOT)
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        for path in sorted(root.rglob("*")) if root.exists() else []:
            if not path.is_file() or path.is_symlink():
                continue
            try:
                archive.add(path, arcname=str(path.relative_to(root)), recursive=False)
            except FileNotFoundError:
                continue


def _recipient(text: str) -> pyrage.x25519.Recipient | None:
    if not text:
        return None
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BackupError(
            "The recipient is no age public key. It begins with age1; age-keygen or `manage.py backup --new-key` "
            "makes a pair."
        ) from None


def _migrations() -> dict[str, list[str]]:
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def _product() -> str:
    """The version of KCRM that makes the back-up."""
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as stream:
        return str(tomllib.load(stream)["project"]["version"])
