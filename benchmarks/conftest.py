"""How large a benchmark is, and how it reports: by the clock, and by processor seconds where the database is here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection

from tests.conftest import django_db_setup

__all__ = ["django_db_setup"]  # committed rows are emptied as after a test that commits


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--size", type=int, default=200_000, help="Rows that the benchmark works on.")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--size"))


def processor_seconds() -> float:
    """What this process and its backend of PostgreSQL have computed; without the backend's where it runs elsewhere.

    Processes that help a backend are not counted: compare statements with `max_parallel_workers_per_gather = 0`.
    """
    own = time.process_time()
    if connection.connection is None:
        return own
    with suppress(OSError):
        fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
        return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own


class Report:
    """Timings of one run, printed as a table at its end: seconds by the clock and of the processor."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self.rows: list[str] = []

    @contextmanager
    def timed(self, label: str, count: int = 0) -> Iterator[None]:
        """Time the block; `count` rows were done in it."""
        start, computed = time.perf_counter(), processor_seconds()
        yield
        taken = time.perf_counter() - start
        computed = processor_seconds() - computed
        self.seconds[label] = self.seconds.get(label, 0) + taken
        self.processor[label] = self.processor.get(label, 0) + computed
        rate = f"{count / taken:>12,.0f} /s" if count else ""
        self.rows.append(f"{label:<58}{taken:>9.2f} s {computed:>8.2f} CPU s {rate}")

    def compare(self, label: str, what: str, *floors: str, goal: str, is_share: bool = False) -> None:
        """Hold one timing against the sum of others, by the clock and by processor: its multiple, or their share."""
        found = []
        for taken in (self.seconds, self.processor):
            times = taken[what] / max(1e-9, sum(taken[floor] for floor in floors))
            found.append(1 / times if is_share else times)
        self.rows.append(f"{label:<58}{found[0]:>9.2f}   {found[1]:>8.2f} CPU    goal {goal}")

    def ratio(self, label: str, value: float, goal: str) -> None:
        """A figure to hold against its goal."""
        self.rows.append(f"{label:<58}{value:>9.2f}    goal {goal}")

    def note(self, text: str) -> None:
        """A line of its own."""
        self.rows.append(text)


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    written = Report(request.node.name)
    yield written
    print("\n" + "\n".join(written.rows))  # noqa: T201 - a benchmark talks to the terminal
