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

    def lock(self) -> bool:
        """Claim the folder until this process ends; refuse politely when another start has it.

        True when the former start was cut short, so that something of it may still be going away.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.path / "lock").touch(mode=0o600)  # it will hold the addresses of the stores
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
        return os.fstat(stream.fileno()).st_size > 0

    def announce(self, **facts: Any) -> None:
        """Write into the lock who holds it, for the one who is refused."""
        self._write(json.dumps(facts))

    def running(self) -> dict[str, Any]:
        """What the start that holds the folder announced; empty when none does."""
        try:
            with (self.path / "lock").open() as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    return _facts(stream)
        except OSError:
            pass
        return {}

    def sign_off(self) -> None:
        """Note that this start ended in good order."""
        self._write("")

    def _write(self, text: str) -> None:
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.write(text)
            self._lock.flush()


def _already_running(path: Path, stream: IO[str]) -> str:
    facts = _facts(stream)
    where = f" at {facts['address']}" if facts.get("address") else ""
    who = f" (process {facts['process']})" if facts.get("process") else ""
    return (
        f"KCRM already runs on the data folder {path}{where}{who}. "
        "Stop that one first with Ctrl-C, or give this one a folder of its own with KCRM_DATA_DIR."
    )


def _facts(stream: IO[str]) -> dict[str, Any]:
    stream.seek(0)
    try:
        return dict(json.load(stream))
    except ValueError:
        return {}
