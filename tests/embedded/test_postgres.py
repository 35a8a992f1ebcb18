"""The embedded PostgreSQL starts as whoever runs it, keeps what it was told, and stays the way it was made."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from kcrm.embedded import postgres
from kcrm.embedded.children import Child, Identity
from kcrm.embedded.errors import CannotStart
from kcrm.embedded.postgres import Cluster

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


@pytest.fixture
def place() -> Iterator[Path]:
    """A short folder that every user may pass; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="kcrm-pg-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def launch(place: Path) -> Iterator[Callable[..., tuple[Cluster, Child]]]:
    """Starts clusters below the folder and stops them afterwards."""
    running: list[Child] = []

    def start(folder: str = "postgres", *, durable: bool = False) -> tuple[Cluster, Child]:
        cluster = Cluster(place / folder, sockets=place / "run", log=place / "postgres.log", durable=durable)
        server = cluster.launch()
        running.append(server)
        return cluster, server

    yield start
    for server in running:
        server.stop(10)


def ask(cluster: Cluster, question: str, database: str = "postgres") -> list[tuple[object, ...]]:
    connection = psycopg2.connect(cluster.url(database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_knows_chinese_and_the_contributed_modules(launch: Callable[..., tuple[Cluster, Child]]) -> None:
    cluster, _ = launch()

    ask(cluster, "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION btree_gin")

    assert ask(cluster, "SELECT cardinality(show_trgm('华为技术')), lower('ÄÉ')") == [(5, "äé")]
    assert ask(cluster, "SHOW server_encoding") == [("UTF8",)]


def test_makes_a_database_once(launch: Callable[..., tuple[Cluster, Child]]) -> None:
    cluster, _ = launch()

    assert cluster.ensure_database("kcrm") is True
    assert cluster.ensure_database("kcrm") is False
    assert ask(cluster, "SELECT current_database(), current_user", "kcrm") == [("kcrm", "kcrm")]


def test_only_its_owner_may_enter_the_sockets_folder(launch: Callable[..., tuple[Cluster, Child]], place: Path) -> None:
    launch()

    assert (place / "run").stat().st_mode & 0o777 == 0o700


def test_keeps_what_was_committed_when_it_is_killed(launch: Callable[..., tuple[Cluster, Child]]) -> None:
    cluster, server = launch(durable=True)
    ask(cluster, "CREATE TABLE kept (number int)")
    for number in range(20):
        ask(cluster, f"INSERT INTO kept VALUES ({number})")  # each its own transaction

    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    cluster, _ = launch(durable=True)

    assert ask(cluster, "SELECT count(*) FROM kept") == [(20,)]
    assert ask(cluster, "SHOW fsync") == [("on",)]


def test_a_stale_trace_of_another_process_is_no_obstacle(launch: Callable[..., tuple[Cluster, Child]]) -> None:
    cluster, server = launch()
    server.stop(10)
    (cluster.folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.folder / 'data'}\n")

    launch()

    assert ask(cluster, "SELECT 1") == [(1,)]


def test_a_cluster_is_started_ever_after_as_it_was_made(
    launch: Callable[..., tuple[Cluster, Child]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, server = launch()
    server.stop(10)

    def refuse() -> list[Identity]:
        raise AssertionError("an initialised cluster was asked who to be")

    monkeypatch.setattr(postgres, "_identities", refuse)
    cluster, _ = launch()

    assert ask(cluster, "SELECT 1") == [(1,)]


def test_says_so_when_no_identity_works(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_identities", list)
    cluster = Cluster(place / "postgres", sockets=place / "run", log=place / "log", durable=False)

    with pytest.raises(CannotStart, match="Run as an ordinary user, or set DATABASE_URL"):
        cluster.launch()
    assert not cluster.folder.exists()


def test_says_which_version_the_data_needs() -> None:
    with pytest.raises(CannotStart, match="made by PostgreSQL 99"):
        postgres.find_binaries(99)


@as_root
@pytest.mark.parametrize("closed", [False, True], ids=["open folder", "closed folder"])
def test_root_without_user_namespaces_becomes_nobody(
    closed: bool,
    place: Path,
    launch: Callable[..., tuple[Cluster, Child]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "_identities", lambda: [Identity.NOBODY])
    monkeypatch.setattr(postgres, "ROOT_STORE", place / "store")
    (place / "home").mkdir(mode=0o700 if closed else 0o755)

    cluster, server = launch("home/postgres")

    assert ask(cluster, "SHOW password_encryption") == [("scram-sha-256",)]
    assert Path(f"/proc/{server.process.pid}").stat().st_uid == 65534
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(f"dbname=postgres host={place / 'run'} user=kcrm")
    cluster.remove()
    assert not list(place.glob("home/*"))


@as_root
@pytest.mark.parametrize("uid", [65534, 54321], ids=["ordinary user", "user without a name"])
def test_an_ordinary_user_starts_it(uid: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = postgres.find_binaries()
    if not postgres._reachable(binaries.folder / "postgres"):
        binaries = postgres._copy(binaries, place)
    monkeypatch.setattr(postgres, "find_binaries", lambda major=None: binaries)
    home = place / "home"
    home.mkdir()
    os.chown(home, uid, uid)

    child = os.fork()
    if child == 0:  # a process of that user, with everything imported already
        outcome = 1
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            ctypes.CDLL(None).prctl(4, 1)  # a change of user closes /proc/self; exec would open it again
            cluster = Cluster(home / "postgres", sockets=home / "run", log=home / "log", durable=False)
            server = cluster.launch()
            answer = ask(cluster, "SELECT 1")
            server.stop(10)
            outcome = 0 if answer == [(1,)] else 2
        except BaseException as error:
            sys.stderr.write(repr(error))
        finally:
            os._exit(outcome)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert {path.stat().st_uid for path in (home / "postgres").rglob("*")} == {uid}
