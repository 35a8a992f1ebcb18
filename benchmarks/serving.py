"""Servers to measure, and clients that time them."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS = 8


@dataclass(frozen=True)
class Call:
    """One request; the body is made anew for each."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], bytes] | None = None


class Server:
    """Two gunicorn workers of this code on a port of their own."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stays open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def memory(self) -> float:
        """Megabytes of the larger worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        pages = [int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1_000_000


@contextmanager
def serving(settings: str, database_url: str, log: Path) -> Iterator[Server]:
    """A server with these settings on this database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings, "DATABASE_URL": database_url, "WEB_CONCURRENCY": "2", "KCRM_DEBUG": "",
        "KCRM_API_RATE": "0",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--access-logfile", "/dev/null",
        "kcrm.wsgi:application"]  # fmt: skip
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)  # noqa: S603 - our own server
        try:
            server = Server(port, process)
            _wait(server, log)
            yield server
        finally:
            process.terminate()
            process.wait(60)


def _wait(server: Server, log: Path) -> None:
    for _attempt in range(600):
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1):
                return
        except OSError:
            if server.process.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(log.read_text()[-3_000:])


def send(connection: http.client.HTTPConnection, call: Call) -> float:
    """Milliseconds of one request, answer read. Raises RuntimeError for an answer that is no success."""
    begin = time.perf_counter()
    connection.request(call.method, call.path, call.body() if call.body else None, dict(call.headers))
    answer = connection.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - begin) * 1_000
    if answer.status not in {200, 201}:
        raise RuntimeError(f"{call.method} {call.path}: {answer.status} {content[:500]!r}")
    return taken


def medians(pairs: list[tuple[Server, Call]], rounds: int) -> list[float]:
    """The median of each, measured in turn, so that other load meets all alike."""
    connections = [server.connect() for server, _call in pairs]
    taken: list[list[float]] = [[] for _pair in pairs]
    for number in range(rounds + 3):
        for at, (_server, call) in enumerate(pairs):
            milliseconds = send(connections[at], call)
            if number >= 3:  # the first ones fill caches
                taken[at].append(milliseconds)
    for connection in connections:
        connection.close()
    return [statistics.median(each) for each in taken]


def throughput(server: Server, call: Call, seconds: float) -> float:
    """Requests a second with eight clients at once."""
    end = time.perf_counter() + seconds
    done: list[int] = []

    def client() -> None:
        connection, count = server.connect(), 0
        while time.perf_counter() < end:
            send(connection, call)
            count += 1
        connection.close()
        done.append(count)

    threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begin)
