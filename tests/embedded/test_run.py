"""One command runs everything, once per data folder, and leaves nothing behind however it ends."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kcrm.embedded.data_folder import DataFolder
from kcrm.embedded.installation import Installation
from kcrm.embedded.stamps import CHECKOUT
from tests.embedded import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


_numbers = itertools.count()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a management command as bin/manage does."""
    return subprocess.run(
        [sys.executable, "-m", "kcrm.embedded.manage", *arguments],
        cwd=CHECKOUT,
        env=os.environ | {"KCRM_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
    )


class Run:
    """A started supervisor and what it said so far."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        self.port = port
        self.said = data.with_name(f"said-{next(_numbers)}")
        environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
        with self.said.open("wb") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kcrm.embedded.supervisor", "--port", str(port), *options],
                cwd=CHECKOUT,
                env=environment | {"KCRM_DATA_DIR": str(data)},
                stdout=sink,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, words: str, patience: float = 90) -> str:
        """What it said, once these words are among it."""
        deadline = time.monotonic() + patience
        while words not in (text := self.said.read_text()):
            if time.monotonic() > deadline or (self.process.poll() is not None and words not in self.said.read_text()):
                raise AssertionError(f"{words!r} was not said, but:\n{text}")
            time.sleep(0.05)
        return text

    def status(self, path: str) -> int:
        """The status of a page."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request("GET", path)
        return line.getresponse().status

    def child(self, words: str) -> processes.Process:
        """The youngest process below it whose command holds these words."""
        found = [one for one in processes.descendants(self.process.pid) if words in processes.command_of(one)]
        return max(found)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder that the tests of this module share: it is prepared once, which takes the longest."""
    folder = Path(tempfile.mkdtemp(prefix="kcrm-run-"))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., Run]]:
    """Starts supervisors on the shared folder; whatever a test leaves running is ended."""
    started: list[Run] = []

    def run(*options: str, port: int | None = None) -> Run:
        started.append(Run(data, port or free_port(), *options))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            below = processes.descendants(one.process.pid)
            one.process.send_signal(signal.SIGTERM)
            one.process.wait(30)
            assert not processes.wait_until_gone(below)


def test_starts_empty_answers_and_stops_in_good_order(start: Callable[..., Run], data: Path) -> None:
    run = start("--no-demo")
    said = run.wait_for("Ctrl-C stops everything.")
    below = processes.descendants(run.process.pid)

    assert run.status("/accounts/login/") == 200
    assert f"http://127.0.0.1:{run.port}/setup/" in said

    run.process.send_signal(signal.SIGINT)

    assert run.process.wait(30) == 0
    assert not processes.wait_until_gone(below)
    assert "shut down" in (data / "logs" / "postgres.log").read_text()


def test_refuses_a_second_start_and_names_the_first(start: Callable[..., Run], data: Path) -> None:
    first = start()
    first.wait_for("Ctrl-C stops everything.")

    second = start()

    assert second.process.wait(30) == 1
    said = second.said.read_text()
    assert f"already runs on the data folder {data} at http://127.0.0.1:{first.port}" in said
    assert f"process {first.process.pid}" in said
    assert first.status("/accounts/login/") == 200


def test_a_management_command_reaches_the_running_installation(start: Callable[..., Run], data: Path) -> None:
    run = start()
    run.wait_for("Ctrl-C stops everything.")

    done = manage(data, "shell", "-c", "from django.conf import settings; print(settings.KCRM_BASE_URL)")

    assert done.stdout.splitlines()[-1] == f"http://127.0.0.1:{run.port}"


def test_a_management_command_says_when_nothing_runs(tmp_path: Path) -> None:
    done = manage(tmp_path, "check")

    assert done.returncode == 1
    assert f"Nothing runs on the data folder {tmp_path}" in done.stderr


def test_refuses_a_port_that_is_taken(start: Callable[..., Run]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        run = start(port=port)

        assert run.process.wait(30) == 1
    assert f"Port {port} is taken" in run.said.read_text()


def test_killed_outright_it_leaves_nothing_and_starts_again(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_for("Ctrl-C stops everything.")
    below = processes.descendants(run.process.pid)

    run.process.kill()
    run.process.wait()

    assert len(below) > 5
    assert not processes.wait_until_gone(below)
    again = start()
    again.wait_for("Ctrl-C stops everything.")
    assert again.status("/accounts/login/") == 200


def test_what_dies_is_started_again(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_for("Ctrl-C stops everything.")
    worker, database = run.child("celery"), run.child("postgres -D")

    os.kill(worker.pid, signal.SIGKILL)
    run.wait_for("worker ended unexpectedly (SIGKILL)")
    os.kill(database.pid, signal.SIGKILL)
    run.wait_for("PostgreSQL ended unexpectedly (SIGKILL)")

    run.wait_for("PostgreSQL runs again.")

    assert run.child("celery") != worker
    assert run.status("/accounts/login/") == 200


def test_reset_deletes_what_it_made_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    for name in ("notes.txt", "media/old.pdf", "postgres/cluster.json", "demo.json", "venv/bin/python"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    place = Installation(DataFolder(tmp_path), "http://127.0.0.1:8000")

    place.reset(external_too=False)

    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"notes.txt", "venv/bin/python"}


def test_an_installation_that_began_empty_stays_so(tmp_path: Path) -> None:
    place = Installation(DataFolder(tmp_path), "http://127.0.0.1:8000")

    place.choose_demo(wished=False)
    place.choose_demo(wished=None)

    assert place.demo is False


def test_the_welcome_names_the_sign_ins_and_keeps_the_address_of_the_demo(tmp_path: Path) -> None:
    demo = {
        "address": "http://127.0.0.1:8000",
        "users": [{"email": "nancy@example.com", "password": "long-enough", "role": "Account manager", "token": "t"}],
    }
    (tmp_path / "demo.json").write_text(json.dumps(demo))
    place = Installation(DataFolder(tmp_path), "http://127.0.0.1:8123")

    welcome = place.welcome(1.5)

    assert "KCRM is ready after 1.5 s: http://127.0.0.1:8123/" in welcome
    assert "  nancy@example.com  long-enough  Account manager" in welcome
    assert json.loads((tmp_path / "demo.json").read_text())["address"] == "http://127.0.0.1:8123"


def test_reset_does_not_empty_a_database_of_somebody_else(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kcrm.embedded.supervisor", "--port", str(free_port()), "--reset"],
        cwd=CHECKOUT,
        env=os.environ | {"KCRM_DATA_DIR": str(data), "DATABASE_URL": "postgresql:///theirs?host=/nonexistent"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "Add --yes to delete everything in it" in done.stderr
