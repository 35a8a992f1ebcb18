"""PostgreSQL's client programs, with the address and password of the database in their environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

from django.db import connection

from kcrm.backups.errors import BackupError
from kcrm.embedded.errors import CannotStart
from kcrm.embedded.postgres import find_binaries


def program(name: str) -> Path:
    """The path of a client program: beside the server's own, else on the PATH. Raises BackupError without one."""
    try:
        beside = find_binaries().folder / name
    except CannotStart:
        beside = None
    found = beside if beside and os.access(beside, os.X_OK) else shutil.which(name)
    if not found:
        raise BackupError(f"{name} is missing. Install PostgreSQL's client programs (Debian: postgresql-client).")
    return Path(found)


def start(name: str, *arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a client program on KCRM's database."""
    return subprocess.Popen([program(name), *arguments], env=_environment(), stderr=subprocess.PIPE, **options)  # noqa: S603 - our own words


def finish(process: subprocess.Popen[bytes], name: str) -> None:
    """Wait for a program; raises BackupError with its last words when it failed."""
    said = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    if process.wait() != 0:
        last = "\n".join(said.strip().splitlines()[-6:])
        raise BackupError(f"{name} failed:\n{last}")


def run(name: str, *arguments: str | Path, source: IO[bytes] | None = None) -> None:
    """Run a client program to its end."""
    process = start(name, *arguments, stdin=source or subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    finish(process, name)


def _environment() -> dict[str, str]:
    """libpq's variables: a password on a command line could be read by everybody on the machine."""
    address = connection.settings_dict
    options = address.get("OPTIONS", {})
    values = {
        "PGDATABASE": address["NAME"],
        "PGHOST": address["HOST"],
        "PGPORT": str(address["PORT"]),
        "PGUSER": address["USER"],
        "PGPASSWORD": address["PASSWORD"],
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {key: value for key, value in values.items() if value}
