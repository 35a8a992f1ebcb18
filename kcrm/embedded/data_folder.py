"""Where an installation keeps what it has: database, broker, logs, files; and that only one start uses it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import IO, Any

from kcrm.embedded.errors import CannotStart

LONGEST_SOCKET_FOLDER = 80  # a socket's path ends at 103 bytes on some systems


class DataFolder:
    """The folder of one installation. `KCRM_DATA_DIR` names it; `.kcrm` in the checkout without that."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    @property
    def logs(self) -> Path:
        """One log a child."""
        return self.path / "logs"

    @property
    def sockets(self) -> Path:
        """The folder of the Unix sockets: inside, or in the temporary folder when the path would be too long."""
        inside = self.path / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"kcrm-{os.geteuid()}-{mark}"

    def lock(self) -> None:
        """Claim the folder until this process ends. Refuses politely when another start has it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            stream = (self.path / "lock").open("a+")
        except OSError as error:
            raise CannotStart(
                f"The data folder {self.path} cannot be written ({error.strerror}). "
                "Set KCRM_DATA_DIR to a folder that you may write."
            ) from None
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(_already_running(self.path, stream)) from None
        self._lock = stream

    def announce(self, **facts: Any) -> None:
        """Write into the lock who holds it, for the one who is refused."""
        if self._lock is None:
            raise RuntimeError("announce() needs the lock")
        self._lock.seek(0)
        self._lock.truncate()
        json.dump(facts, self._lock)
        self._lock.flush()


def _already_running(path: Path, stream: IO[str]) -> str:
    stream.seek(0)
    try:
        facts = json.load(stream)
    except ValueError:
        facts = {}
    where = f" at {facts['address']}" if facts.get("address") else ""
    who = f" (process {facts['process']})" if facts.get("process") else ""
    return (
        f"KCRM already runs on the data folder {path}{where}{who}. "
        "Stop that one first with Ctrl-C, or give this one a folder of its own with KCRM_DATA_DIR."
    )
