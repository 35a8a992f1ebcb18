"""Run a whole KCRM on this machine: `python -m kcrm.embedded.supervisor`. Behind bin/run."""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from kcrm.embedded import children, installation
from kcrm.embedded.broker import Broker
from kcrm.embedded.children import Child
from kcrm.embedded.data_folder import DataFolder
from kcrm.embedded.errors import CannotStart
from kcrm.embedded.installation import CHECKOUT, Installation, Program
from kcrm.embedded.postgres import Cluster

LONGEST_PAUSE = 10
STEADY_AFTER = 60  # seconds a service must live before its failures are forgotten
PATIENCE = 8  # seconds for web, worker and scheduler to finish what they do


class _Stop(BaseException):
    """Somebody asked the supervisor to end; not an error."""


@dataclass(slots=True)
class Service:
    """A child that is started again when it dies."""

    name: str
    launch: Callable[[], Child]
    child: Child | None = None
    failures: int = 0
    not_before: float = 0.0
    launched_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it; what starts it may wait until it answers."""
        self.child = self.launch()
        self.launched_at = time.monotonic()


class Supervisor:
    """Starts everything in order, keeps it running, stops it in reverse."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data = DataFolder(installation.data_path())
        self.address = f"http://127.0.0.1:{options.port}"
        self.services: list[Service] = []

    def run(self) -> None:
        """Start, announce, watch. Ends by an exception: `_Stop` when asked, `CannotStart` when it cannot go on."""
        began = time.monotonic()
        cut_short = self.data.lock()
        self.data.announce(address=self.address, process=os.getpid())
        _claim_port(self.options.port, patience=5 if cut_short else 0)
        place = Installation(self.data, self.address)
        if self.options.reset:
            place.reset(external_too=self.options.yes)
        place.choose_demo(self.options.demo)
        self._start_stores(place)
        self.data.announce(address=self.address, process=os.getpid(), environment=place.settings())
        place.prepare()
        self._start_programs(place)
        self._await_web(place)
        say(place.welcome(time.monotonic() - began))
        self._watch()

    def stop(self) -> None:
        """Stop everything in good order, programs before stores; a second signal stops it at once."""
        try:
            self._stop_together("web", "scheduler", "worker")
            self._stop_together("broker", "PostgreSQL")
        except _Stop:
            for service in self.services:
                if service.child and service.child.running:
                    service.child.kill()

    def _stop_together(self, *names: str) -> None:
        running = [service.child for service in self.services if service.name in names and service.child]
        for child in running:
            child.ask_to_stop()
        deadline = time.monotonic() + PATIENCE
        for child in running:
            child.await_end(max(0.0, deadline - time.monotonic()))

    def _start_stores(self, place: Installation) -> None:
        if not place.database_url:
            cluster = Cluster(
                self.data.path / "postgres", sockets=self.data.sockets, log=self.data.logs / "postgres.log"
            )
            self._start("PostgreSQL", cluster.launch)
            cluster.ensure_database("kcrm")
            place.database_url = cluster.url("kcrm")
        if not place.redis_url:
            broker = Broker(self.data.path / "redis", sockets=self.data.sockets, log=self.data.logs / "broker.log")
            self._start("broker", broker.launch)
            place.redis_url = broker.url

    def _start_programs(self, place: Installation) -> None:
        for program in place.programs(self.options.port):
            self._start(program.name, functools.partial(self._launch, program))

    def _launch(self, program: Program) -> Child:
        return children.spawn(
            program.name,
            program.command,
            log=self.data.logs / f"{program.name}.log",
            environment=program.environment,
            folder=CHECKOUT,
            on_orphaned=program.on_orphaned,
        )

    def _start(self, name: str, launch: Callable[[], Child]) -> None:
        service = Service(name, launch)
        self.services.append(service)
        service.start()

    def _await_web(self, place: Installation) -> None:
        web = next(service.child for service in self.services if service.name == "web")
        deadline = time.monotonic() + 60
        while not _answers(self.options.port):
            if web is None or not web.running:
                raise CannotStart(f"The web server did not start. Its last words:\n{web.last_words() if web else ''}")
            if time.monotonic() > deadline:
                raise CannotStart(f"The web server does not answer after a minute; see {web.log}.")
            time.sleep(0.05)

    def _watch(self) -> None:
        """Start again what dies, with growing pauses."""
        while True:
            now = time.monotonic()
            for service in self.services:
                self._tend(service, now)
            time.sleep(0.25)

    def _tend(self, service: Service, now: float) -> None:
        if service.child is not None:
            if service.child.running:
                return
            if now - service.launched_at > STEADY_AFTER:
                service.failures = 0
            pause = min(LONGEST_PAUSE, 2**service.failures) if service.failures else 0
            service.failures += 1
            service.not_before = now + pause
            code, log = service.child.process.returncode, service.child.log
            say(f"{service.name} ended unexpectedly ({_how(code)}); starting it again in {pause} s. See {log}")
            service.child = None
        if now >= service.not_before:
            try:
                service.start()
                say(f"{service.name} runs again.")
            except CannotStart as error:
                service.failures += 1
                service.not_before = now + min(LONGEST_PAUSE, 2**service.failures)
                say(str(error))


def say(text: str) -> None:
    """Tell the person at the terminal."""
    with contextlib.suppress(OSError):  # the terminal may have gone; the services have not
        print(text, flush=True)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _claim_port(port: int, *, patience: float) -> None:
    """Refuse a port that somebody listens on, after the time that a former start may need to give it up."""
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except PermissionError:
                raise CannotStart(f"Port {port} needs more rights than this user has. Choose one over 1023.") from None
            except OSError:
                if time.monotonic() > deadline:
                    raise CannotStart(
                        f"Port {port} is taken by another program. Choose another one: bin/run --port {port + 1}."
                    ) from None
        time.sleep(0.1)


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/run",
        description="Run KCRM on this machine, with a PostgreSQL, a broker and demo data of its own.",
        epilog="KCRM_DATA_DIR, PORT, DATABASE_URL and REDIS_URL are read from the environment.",
    )
    parser.add_argument("--port", type=int, default=installation.default_port(), help="default 8000, or PORT")
    parser.add_argument("--no-demo", dest="demo", action="store_false", default=None, help="start empty")
    parser.add_argument("--reset", action="store_true", help="delete the data and start over")
    parser.add_argument("--yes", action="store_true", help="with --reset: also empty the database of DATABASE_URL")
    return parser.parse_args(arguments)


def _on_signal(number: int, frame: FrameType | None) -> None:
    raise _Stop


def main() -> int:
    """Run until told to stop; 0 when stopped, 1 when something was missing."""
    options = _parse(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    supervisor = Supervisor(options)
    failure = ""
    try:
        supervisor.run()
    except _Stop:
        say("\nStopping ...")
    except CannotStart as refusal:
        failure = str(refusal)
    finally:
        supervisor.stop()
        supervisor.data.sign_off()
    if failure:
        print(failure, file=sys.stderr)
        return 1
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
