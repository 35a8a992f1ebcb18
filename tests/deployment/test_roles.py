"""Three database roles: one owns, one works, one reads."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from kcrm.embedded import postgres

ADDRESS = settings.DATABASES["default"]
NAME = "test_kcrm_roles"


def connect(role: str, database: str = NAME) -> psycopg2.extensions.connection:
    link = psycopg2.connect(
        dbname=database, host=ADDRESS["HOST"] or None, port=ADDRESS["PORT"] or None, user=role, password="secret"
    )
    link.autocommit = True
    return link


@pytest.fixture(scope="module")
def owner() -> Iterator[str]:
    """A database prepared by the script of the compose file; its owner's name."""
    psql = _psql()
    name = ADDRESS["USER"]
    admin = connect(name, "postgres")
    with admin.cursor() as cursor:
        _forget(cursor)
        cursor.execute(f"CREATE DATABASE {NAME}")
    subprocess.run(
        ["/bin/sh", Path(settings.BASE_DIR) / "deploy" / "roles.sh"],
        env={
            "PATH": f"{psql.parent}:{os.environ['PATH']}",
            "PGHOST": ADDRESS["HOST"],
            "PGPORT": str(ADDRESS["PORT"]),
            "PGPASSWORD": ADDRESS["PASSWORD"],
            "POSTGRES_USER": name,
            "POSTGRES_DB": NAME,
            "KCRM_APP_PASSWORD": "secret",
            "KCRM_READ_PASSWORD": "secret",
        },
        check=True,
        capture_output=True,
    )
    link = connect(name)
    with link.cursor() as cursor:
        cursor.execute("CREATE TABLE things (id serial PRIMARY KEY, name text)")
    link.close()
    yield name
    with admin.cursor() as cursor:
        _forget(cursor)
    admin.close()


def test_the_application_reads_and_writes_rows(owner: str) -> None:
    with connect("kcrm_app").cursor() as cursor:
        cursor.execute("INSERT INTO things (name) VALUES ('one') RETURNING id")
        cursor.execute("UPDATE things SET name = 'two'")
        cursor.execute("DELETE FROM things RETURNING name")

        assert cursor.fetchone() == ("two",)


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE more (id int)", "DROP TABLE things", "TRUNCATE things", "CREATE SCHEMA other"]
)
def test_the_application_may_not_change_the_schema(owner: str, statement: str) -> None:
    with connect("kcrm_app").cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(statement)


def test_the_application_may_stage_rows(owner: str) -> None:
    with connect("kcrm_app").cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE staged (id int)")
        cursor.execute("SELECT count(*) FROM staged")

        assert cursor.fetchone() == (0,)


def test_the_reader_only_reads(owner: str) -> None:
    with connect("kcrm_read").cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things")

        with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ReadOnlySqlTransaction)):
            cursor.execute("INSERT INTO things (name) VALUES ('one')")


def _psql() -> Path:
    beside = postgres.find_binaries().folder / "psql"
    found = beside if beside.exists() else Path(shutil.which("psql") or "")
    if not found.is_file():
        raise AssertionError("no psql beside the server or on the PATH")
    return found


def _forget(cursor: psycopg2.extensions.cursor) -> None:
    cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
    cursor.execute("DROP ROLE IF EXISTS kcrm_app")
    cursor.execute("DROP ROLE IF EXISTS kcrm_read")
