"""A system of real programs, and the kinds of jobs to break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs import handlers, schedules
from jobs.models import Job
from jobs.services import enqueue
from tests.factories.accounts import UserFactory
from tests.programs import System, running_system


@pytest.fixture
def system(transactional_db: None, tmp_path: Path, kinds: None) -> Iterator[System]:
    """A broker; tests add workers and schedulers."""
    with running_system(tmp_path) as system:
        yield system


@pytest.fixture
def kinds() -> Iterator[None]:
    """The kinds of `tests.faults.work`, known to this process as well while the test runs."""
    before, clocks = dict(handlers._handlers), dict(schedules._schedules)
    from tests.faults.work import tasks

    for kind, run, heavy in (
        ("faults.steps", tasks.steps, True),
        ("faults.quick", tasks.quick, False),
        ("faults.poison", tasks.poison, False),
        ("faults.sleeper", tasks.sleeper, False),
    ):
        handlers.handler(kind, title=kind, heavy=heavy)(run)
    schedules._schedules.pop("faults.tick", None)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(before)
    schedules._schedules.clear()
    schedules._schedules.update(clocks)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where jobs write what they did."""
    path = tmp_path / "ledger"
    path.touch()
    return path


@pytest.fixture
def ask(ledger: Path) -> Callable[..., Job]:
    """`ask(kind, **args)` enqueues a job of one person."""
    person = UserFactory.create  # made late: the database must be there

    def enqueue_one(kind: str, key: str | None = None, **args: object) -> Job:
        return enqueue(kind=kind, args={"ledger": str(ledger), **args}, by=person(), key=key)

    return enqueue_one
