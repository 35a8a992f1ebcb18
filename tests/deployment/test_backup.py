"""A back-up can be restored, is encrypted for its reader, and brings back nothing that was ended."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from kcrm.backups import store
from kcrm.backups.alarms import alarms
from kcrm.backups.drill import Rehearsal
from kcrm.backups.errors import BackupError
from kcrm.backups.making import make_backup
from kcrm.backups.restoring import restore
from kcrm.backups.store import Backup, Drill, Manifest, backups_in, open_backup
from kcrm.embedded.stamps import CHECKOUT
from tests.factories.activities import DocumentFactory
from tests.factories.customers import CustomerFactory

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def place(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    (tmp_path / "data" / "media").mkdir(parents=True)
    return tmp_path / "backups"


@pytest.mark.django_db(transaction=True)
def test_an_encrypted_back_up_passes_its_trial_restore(place, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"# the key\n{identity}\n")
    CustomerFactory(name="华为技术有限公司")
    content = b"%PDF-1.7 walk-away price"
    document = DocumentFactory(sha256=hashlib.sha256(content).hexdigest())
    document.file.save("agreement.pdf", ContentFile(content))

    backup = make_backup(place, recipient=str(identity.to_public()))
    whole = b"".join(path.read_bytes() for path in backup.folder.iterdir())
    rehearsal = Rehearsal(backup, tmp_path / "key")
    passed = rehearsal.run()

    assert passed, rehearsal.steps
    assert [step["name"] for step in rehearsal.steps] == ["checksums", "restore", "whole", "point in time"]
    assert "1 documents have their files" in rehearsal.steps[2]["said"]
    assert backup.manifest.rows["customers_customer"] >= 1
    assert "华为技术".encode() not in whole
    assert b"walk-away" not in whole
    assert backup.drill is not None
    assert backup.drill.passed


@pytest.mark.django_db(transaction=True)
def test_a_trial_with_the_wrong_key_fails_and_says_so(place, tmp_path):
    (tmp_path / "key").write_text(str(pyrage.x25519.Identity.generate()))
    backup = make_backup(place, recipient=str(pyrage.x25519.Identity.generate().to_public()))

    rehearsal = Rehearsal(backup, tmp_path / "key")

    assert not rehearsal.run()
    assert "does not open" in rehearsal.steps[-1]["said"]
    assert backup.drill is not None
    assert not backup.drill.passed


@pytest.mark.django_db(transaction=True)
def test_a_file_that_changed_is_not_restored(place):
    backup = make_backup(place)
    with backup.file(store.DATABASE).open("ab") as stream:
        stream.write(b"x")

    with pytest.raises(BackupError, match=r"database\.dump"):
        restore(backup)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_restored_under_the_feet_of_others(place):
    backup = make_backup(place)
    other = connection.copy()
    other.ensure_connection()
    try:
        with pytest.raises(BackupError, match="Stop web, workers and scheduler"):
            restore(backup)
    finally:
        other.close()


@contextmanager
def scratch_database():
    """A database with one table, beside the suite's own."""
    address = connection.settings_dict
    options = {"host": address["HOST"] or None, "port": address["PORT"] or None, "user": address["USER"]}
    link = psycopg2.connect(dbname="postgres", **options)
    link.autocommit = True
    link.cursor().execute("DROP DATABASE IF EXISTS kcrm_scratch")
    link.cursor().execute("CREATE DATABASE kcrm_scratch TEMPLATE template0")
    inner = psycopg2.connect(dbname="kcrm_scratch", **options)
    inner.cursor().execute("CREATE TABLE precious AS SELECT 42 AS answer")
    inner.commit()
    inner.close()
    try:
        yield options
    finally:
        link.cursor().execute("DROP DATABASE kcrm_scratch WITH (FORCE)")
        link.close()


@pytest.mark.django_db(transaction=True)
def test_a_dump_that_breaks_off_leaves_the_database_as_it_was(place, tmp_path):
    backup = make_backup(place)
    dump = backup.file(store.DATABASE)
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    size, digest = dump.stat().st_size, hashlib.sha256(dump.read_bytes()).hexdigest()
    files = [
        replace(file, size=size, sha256=digest) if file.name == store.DATABASE else file
        for file in backup.manifest.files
    ]
    store.write_whole(backup.folder / store.MANIFEST, asdict(replace(backup.manifest, files=files)))

    with scratch_database() as options:
        host = f"host={options['host'] or ''}&user={options['user']}"
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", str(backup.folder), "--yes"],
            cwd=CHECKOUT,
            env={
                "PATH": "/usr/bin:/bin",
                "DATABASE_URL": f"postgresql:///kcrm_scratch?{host}",
                "DJANGO_SETTINGS_MODULE": "kcrm.settings.test",
                "KCRM_DATA_DIR": str(tmp_path / "other"),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stdout
        inner = psycopg2.connect(dbname="kcrm_scratch", **options)
        cursor = inner.cursor()
        cursor.execute("SELECT answer FROM precious")
        assert cursor.fetchone() == (42,)
        inner.close()


@pytest.mark.django_db(transaction=True)
def test_only_the_newest_stay(place):
    for day in ("20260101", "20260102"):
        folder = place / f"kcrm-{day}T000000Z"
        folder.mkdir(parents=True)
        made = f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00+00:00"
        (folder / store.MANIFEST).write_text(json.dumps(asdict(manifest(made_at=made))))

    newest = make_backup(place, keep=2)

    assert [backup.folder.name for backup in backups_in(place)] == ["kcrm-20260102T000000Z", newest.folder.name]


def test_a_folder_without_manifest_is_no_back_up(tmp_path):
    (tmp_path / "kcrm-20260101T000000Z").mkdir()

    assert backups_in(tmp_path) == []
    with pytest.raises(BackupError, match="no finished back-up"):
        open_backup(tmp_path / "kcrm-20260101T000000Z")


def test_restoring_must_be_meant(tmp_path):
    with pytest.raises(CommandError, match="--yes"):
        call_command("restore", str(tmp_path))


def manifest(**values) -> Manifest:
    standard = {
        "made_at": NOW.isoformat(),
        "seconds": 1.0,
        "product": "1",
        "postgres": 18,
        "recipient": "",
        "files": [store.StoredFile("database.dump", 1000, "")],
        "rows": {},
        "migrations": {},
        "audit_head": "",
    }
    return Manifest(**(standard | values))


def taken(folder: Path, hours: float, size: int = 1000, drilled: float | None = None, passed: bool = True) -> Backup:
    made = NOW - timedelta(hours=hours)
    place = folder / f"kcrm-{made:%Y%m%dT%H%M%SZ}"
    place.mkdir()
    backup = Backup(place, manifest(made_at=made.isoformat(), files=[store.StoredFile("database.dump", size, "")]))
    if drilled is not None:
        backup.note_drill(Drill((NOW - timedelta(hours=drilled)).isoformat(), 1.0, passed))
    return backup


def keys(backups: list[Backup], postgres: int = 18) -> list[str]:
    return [alarm.key for alarm in alarms(backups, now=NOW, postgres=postgres)]


def test_alarms(tmp_path):
    assert keys([]) == ["missing"]
    good = taken(tmp_path, 24, drilled=20)
    assert keys([good]) == []
    assert keys([good], postgres=19) == ["version"]
    assert keys([taken(tmp_path, 27, drilled=1)]) == ["late"]
    assert keys([good, taken(tmp_path, 1, size=799)]) == ["small"]
    assert keys([good, taken(tmp_path, 2, size=800)]) == []
    assert keys([taken(tmp_path, 9 * 24), taken(tmp_path, 3)]) == ["no-drill"]
    assert keys([taken(tmp_path, 4, drilled=2, passed=False)]) == ["drill-failed"]
    assert keys([taken(tmp_path, 5, drilled=9 * 24)]) == ["drill-late"]
