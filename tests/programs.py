"""Real programs around the test database: workers, schedulers and a broker that tests may kill."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import redis
from django.db import connection
from kombu import Connection, Producer

from jobs.hints import QUEUES
from jobs.models import Job
from kcrm.embedded.broker import find_server
from tests.embedded.processes import descendants

CHECKOUT = Path(__file__).resolve().parents[1]
TICK = 0.1


def database_url() -> str:
    """The database of this test run, for other processes."""
    settings = connection.settings_dict
    query = {name: settings[name.upper()] for name in ("host", "port", "user", "password") if settings[name.upper()]}
    return f"postgresql:///{quote(settings['NAME'])}?{urlencode(query)}"


def wait_for(what: Callable[[], Any], seconds: float, tick: float = TICK) -> Any:
    """What the question answers as soon as that is true; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s.")
        time.sleep(tick)


class Program:
    """A process that leads a group of its own."""

    def __init__(self, command: list[str], log: Path, **environment: str) -> None:
        self.log = log
        with log.open("ab") as sink:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                cwd=CHECKOUT,
                env=dict(os.environ) | environment,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def children(self) -> list[int]:
        """Processes below it, oldest first."""
        return sorted(process.pid for process in descendants(self.pid))

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it and all below it, without a word."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self.process.wait(10)

    def words(self) -> str:
        """What it wrote."""
        return self.log.read_text("utf-8", "replace")


class System:
    """A broker, and any number of workers and schedulers, on the test database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.programs: list[Program] = []
        self.broker: Program | None = None

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start_broker(self) -> Program:
        """An empty broker on the port that it always has."""
        server = find_server()
        options = ["--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        command = (
            [server, *options] if server else [sys.executable, "-m", "kcrm.embedded.python_broker", str(self.port)]
        )
        self.broker = self._start("broker", command)
        wait_for(self._broker_answers, 20)
        return self.broker

    def start_worker(self, *, pool: str = "threads", concurrency: int = 2, lease: int = 30) -> Program:
        """A worker that serves both queues."""
        command = [sys.executable, "-m", "celery", "-A", "kcrm", "worker", "--pool", pool, "-c", str(concurrency)]
        worker = self._start(
            "worker",
            [*command, "--loglevel", "INFO", "-n", f"{len(self.programs)}@%h", "--without-gossip", "--without-mingle"],
            lease,
        )
        wait_for(lambda: " ready." in worker.words(), 30)
        return worker

    def start_scheduler(self, *, lease: int = 30) -> Program:
        """A scheduler."""
        return self._start("scheduler", [sys.executable, "manage.py", "run_scheduler"], lease)

    def hint(self, job: Job, times: int = 1) -> None:
        """Tell the workers of a job, as often as you like."""
        with Connection(self.redis_url) as line:
            producer = Producer(line)
            for _time in range(times):
                _publish(producer, job)

    def forget(self) -> None:
        """The broker loses everything it knows."""
        with redis.Redis(port=self.port) as line:
            line.flushall()

    def cut_connections(self) -> None:
        """The broker hangs up on everybody."""
        with redis.Redis(port=self.port) as line:
            line.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def limit_memory(self, size: str) -> None:
        """How much the broker may hold; 0 is as much as there is."""
        with redis.Redis(port=self.port) as line:
            line.config_set("maxmemory", size)

    def stop(self) -> None:
        """End everything; what was said last is shown with a test that fails."""
        for program in reversed(self.programs):
            program.kill()
        for program in self.programs:
            sys.stdout.write(f"--- {program.log.name}\n{program.words()[-6000:]}\n")

    def _start(self, name: str, command: list[str], lease: int = 30) -> Program:
        log = self.folder / f"{len(self.programs)}-{name}.log"
        program = Program(
            command,
            log,
            DJANGO_SETTINGS_MODULE="tests.faults.settings",
            DATABASE_URL=database_url(),
            REDIS_URL=self.redis_url,
            KCRM_JOB_LEASE_SECONDS=str(lease),
            KCRM_DATA_DIR=str(self.folder),
            PYTHONPATH=str(CHECKOUT),
        )
        self.programs.append(program)
        return program

    def _broker_answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as line:
                return bool(line.ping())
        except redis.RedisError:
            return False


def _publish(producer: Producer, job: Job) -> None:
    from kcrm.celery import app

    app.send_task("jobs.run", args=[job.pk], queue=QUEUES[job.is_heavy], producer=producer, retry=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_system(folder: Path) -> Iterator[System]:
    """A system with a broker, ended with everything it started."""
    system = System(folder)
    try:
        system.start_broker()
        yield system
    finally:
        system.stop()
