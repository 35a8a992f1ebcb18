"""A pytest plugin that gives the suite a throw-away PostgreSQL and broker, unless the environment names others.

It must come early (`-p` in addopts): pytest-django reads the settings before any conftest is loaded.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from kcrm.embedded.bootstrap import data_folder
from kcrm.embedded.broker import Broker
from kcrm.embedded.browser import find_chromium
from kcrm.embedded.postgres import Cluster

PREFIX = "kcrm-test-"
YOUNG = 60  # seconds
WORKER = "PYTEST_XDIST_WORKER"  # set in each process when several share a run: one cluster, a database each
OWN_BROKER = "KCRM_TEST_BROKER"  # set when the run started its broker: then each process starts one of its own
ROOM = 1_000_000_000  # bytes that a suite may write; a container's /dev/shm is often smaller


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start what the environment does not name, before the settings are read; a wrapper comes before every plugin."""
    options = early_config.known_args_namespace
    if options.version or options.help:
        return (yield)
    folder = _session_folder(early_config.add_cleanup)
    _keep_out_of_the_data_folder(folder)
    if not os.environ.get("DATABASE_URL"):
        cluster = Cluster(
            folder / "postgres", sockets=folder / "run", log=folder / "logs" / "postgres.log", durable=False
        )
        early_config.add_cleanup(cluster.remove)
        server = cluster.launch()
        early_config.add_cleanup(lambda: server.stop(10))
        os.environ["DATABASE_URL"] = cluster.url("kcrm")
    if not os.environ.get("REDIS_URL") or (os.environ.get(OWN_BROKER) and os.environ.get(WORKER)):
        broker = Broker(
            folder / "redis", sockets=folder / "run-broker", log=folder / "logs" / "broker.log", durable=False
        )
        waiter = broker.launch()
        early_config.add_cleanup(lambda: waiter.stop(5))
        os.environ["REDIS_URL"], os.environ[OWN_BROKER] = broker.url, "yes"
    return (yield)


def pytest_sessionstart() -> None:
    """Compile the catalogues, so that Chinese pages are Chinese; the first of several processes does."""
    if os.environ.get(WORKER):
        return
    from django.core.management import call_command

    with open(os.devnull, "w") as nowhere:
        call_command("compile_catalogues", stdout=nowhere)


def _keep_out_of_the_data_folder(folder: Path) -> None:
    """Tests write below the session's folder; only what was fetched into the data folder is still reached."""
    if chromium := find_chromium(data_folder()):
        os.environ["KCRM_CHROMIUM"] = str(chromium)
    fetched = data_folder() / "node"
    data = folder / "data"
    (data / "static").mkdir(parents=True)
    if fetched.exists():
        (data / "node").symlink_to(fetched)
    os.environ["KCRM_DATA_DIR"] = str(data)


def _session_folder(add_cleanup: Callable[[Callable[[], None]], None]) -> Path:
    """A folder that goes with the session, in memory where there is room; also clears what killed sessions left."""
    base = _roomy_memory() or Path(tempfile.gettempdir())
    for leftover in base.glob(f"{PREFIX}*"):
        _remove_if_abandoned(leftover)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    folder.chmod(0o711)  # root's PostgreSQL may have to run as another user
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)

    def clear() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()

    add_cleanup(clear)
    return folder


def _roomy_memory() -> Path | None:
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private folder in it
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        return memory
    return None


def _remove_if_abandoned(folder: Path) -> None:
    lock: IO[str]
    if time.time() - folder.stat().st_mtime < YOUNG:
        return  # it may not have its lock yet
    with contextlib.suppress(OSError), (folder / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
