"""Rehearse the recovery to a named second: base back-up, archive of the log, a loss, and the way back before it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import psycopg2

from kcrm.backups.errors import BackupError
from kcrm.embedded import children
from kcrm.embedded.children import Identity
from kcrm.embedded.postgres import Cluster, find_binaries

PATIENCE: Final = 60
LOST: Final = "customers_customer"


# Settings under which a server copies each finished piece of its log into `archive` beside its data.
ARCHIVING: Final = {
    "archive_mode": "on",
    "archive_command": 'test ! -f "../archive/%f" && cp "%p" "../archive/%f"',
    "wal_level": "replica",
}


def rehearse(cluster: Cluster, folder: Path) -> str:
    """Lose a table on a running cluster and recover a copy to one second before; what was there must be there again.

    Raises BackupError.
    """
    state, data = cluster.state, cluster.data
    base, archive = data.with_name("base"), data.with_name("archive")
    for place in (base, archive):
        place.mkdir(mode=0o700)
        if state.identity is Identity.NOBODY:
            user = children.unprivileged_user()
            os.chown(place, user.pw_uid, user.pw_gid)
    programs = find_binaries().folder if not state.binaries else Path(state.binaries)
    connection = psycopg2.connect(cluster.dsn("kcrm"))
    connection.autocommit = True
    cursor = connection.cursor()
    environment = {"PGPASSWORD": state.password} if state.password else {}
    source = ["-h", str(cluster.sockets), "-U", "kcrm"]
    cursor.execute("SELECT pg_stat_reset_shared('archiver')")  # until now the archive was missing
    commands: list[list[str | Path]] = [
        [programs / "pg_basebackup", *source, "-D", base, "--checkpoint=fast", "--wal-method=none", "--no-password"],
        [programs / "pg_verifybackup", "--no-parse-wal", base],
    ]
    for command in commands:
        try:
            children.run(command, identity=state.identity, folder=data.parent, environment=environment)
        except subprocess.CalledProcessError as error:
            raise BackupError(f"{Path(command[0]).name} failed: {error.output.strip()[-300:]}") from None
    cursor.execute("CREATE TABLE kcrm_drill AS SELECT 1 AS kept")
    before = _rows(cursor)
    time.sleep(1.1)
    moment = _value(cursor, "SELECT clock_timestamp()::text")
    time.sleep(1.1)
    cursor.execute(f"DROP TABLE {LOST} CASCADE")
    _await_archived(cursor, _value(cursor, "SELECT pg_walfile_name(pg_switch_wal())"))
    connection.close()

    copy = Cluster(
        folder / "recovered",
        sockets=folder / "run-recovered",
        log=folder / "recovered.log",
        extra={
            "restore_command": 'cp "../archive/%f" "%p"',
            "recovery_target_time": moment,
            "recovery_target_action": "promote",
        },
    )
    copy.folder.mkdir(mode=0o711)
    (copy.folder / "cluster.json").write_text(json.dumps(asdict(replace(state, data=str(base)))))
    (base / "recovery.signal").touch()
    if state.identity is Identity.NOBODY:
        user = children.unprivileged_user()
        os.chown(base / "recovery.signal", user.pw_uid, user.pw_gid)
    began = time.monotonic()
    server = copy.launch()
    try:
        again = psycopg2.connect(copy.dsn("kcrm"))
        found = _rows(again.cursor())
        again.close()
    finally:
        server.stop(10)
    if found != before:
        raise BackupError(f"After the recovery to {moment} the tables hold {found}, not {before}.")
    return f"{LOST} lost and recovered to {moment[:19]} in {time.monotonic() - began:.1f} s, {before[0]} rows as before"


def _value(cursor: Any, statement: str) -> str:
    cursor.execute(statement)
    return str(cursor.fetchone()[0])


def _rows(cursor: Any) -> tuple[int, int]:
    cursor.execute(f"SELECT (SELECT count(*) FROM {LOST}), (SELECT count(*) FROM kcrm_drill)")  # noqa: S608 - a constant
    customers, kept = cursor.fetchone()
    return customers, kept


def _await_archived(cursor: Any, name: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        cursor.execute("SELECT COALESCE(last_archived_wal, ''), COALESCE(last_failed_wal, '') FROM pg_stat_archiver")
        archived, failed = cursor.fetchone()
        if archived >= name:
            return
        if failed:
            raise BackupError(f"The log could not be archived ({failed}).")
        time.sleep(0.1)
    raise BackupError("The log was not archived within a minute.")
