"""Restore a back-up into the installation of bin/run while it is stopped: behind bin/restore."""

from __future__ import annotations

import os
import subprocess
import sys

from kcrm.embedded import installation
from kcrm.embedded.data_folder import DataFolder
from kcrm.embedded.errors import CannotStart
from kcrm.embedded.installation import CHECKOUT, Installation
from kcrm.embedded.postgres import Cluster


def main(arguments: list[str]) -> int:
    """Start nothing but the database, run `manage.py restore` on it, and stop it again; its exit code."""
    data = DataFolder(installation.data_path())
    data.lock()
    place = Installation(data, f"http://127.0.0.1:{installation.default_port()}")
    server = None
    try:
        if not place.database_url:
            cluster = Cluster(data.path / "postgres", sockets=data.sockets, log=data.logs / "postgres.log")
            server = cluster.launch()
            cluster.ensure_database("kcrm")
            place.database_url = cluster.url("kcrm")
        place.redis_url = place.redis_url or "redis://127.0.0.1:1/0"  # nothing is sent
        command = [sys.executable, "manage.py", "restore", *arguments]
        environment = place.environment() | {"KCRM_STATEMENT_TIMEOUT": "0"}
        return subprocess.run(command, env=environment, cwd=CHECKOUT).returncode  # noqa: S603 - our own command
    finally:
        if server is not None:
            server.stop(30)
        data.sign_off()


if __name__ == "__main__":
    os.umask(0o077)
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as refusal:
        sys.exit(str(refusal))
