"""A dump made as the operations page says restores to the same rows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from kcrm.embedded import postgres

ADDRESS = settings.DATABASES["default"]
SOURCE, TARGET = "test_kcrm_dumped", "test_kcrm_restored"


def connect(database: str) -> psycopg2.extensions.connection:
    link = psycopg2.connect(
        dbname=database, host=ADDRESS["HOST"] or None, port=ADDRESS["PORT"] or None, user=ADDRESS["USER"]
    )
    link.autocommit = True
    return link


def tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the owner."""
    program = postgres.find_binaries().folder / name
    place = ["--host", ADDRESS["HOST"], "--username", ADDRESS["USER"]]
    subprocess.run([program, *place, *arguments], check=True, capture_output=True)


def test_a_restored_dump_holds_the_same_rows_and_grants(tmp_path: Path) -> None:
    if not (postgres.find_binaries().folder / "pg_dump").exists():
        pytest.skip("this PostgreSQL came without its client programs")
    tool("dropdb", "--if-exists", SOURCE)
    tool("dropdb", "--if-exists", TARGET)
    tool("createdb", "--template", "template0", SOURCE)
    with connect(SOURCE).cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_trgm")
        cursor.execute("CREATE TABLE things (id serial PRIMARY KEY, name text UNIQUE)")
        cursor.execute("INSERT INTO things (name) SELECT '华为 ' || n FROM generate_series(1, 100) n")
        cursor.execute("GRANT SELECT ON things TO PUBLIC")

    tool("pg_dump", "--format", "custom", "--file", str(tmp_path / "kcrm.dump"), SOURCE)
    tool("createdb", "--template", "template0", TARGET)
    tool("pg_restore", "--dbname", TARGET, "--exit-on-error", "--no-owner", str(tmp_path / "kcrm.dump"))

    with connect(TARGET).cursor() as cursor:
        cursor.execute("INSERT INTO things (name) VALUES ('next') RETURNING id")
        assert cursor.fetchone() == (101,)
        cursor.execute("SELECT count(*) FROM things WHERE name LIKE '华为 %'")
        assert cursor.fetchone() == (100,)
        cursor.execute("SELECT has_table_privilege('public', 'things', 'SELECT')")
        assert cursor.fetchone() == (True,)
    tool("dropdb", "--force", SOURCE)
    tool("dropdb", "--force", TARGET)
