"""How large a benchmark is, and how it reports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import django_db_setup

__all__ = ["django_db_setup"]  # committed rows are emptied as after a test that commits


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--size", type=int, default=200_000, help="Rows that the benchmark works on.")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--size"))


class Report:
    """Timings of one run, printed as a table at its end."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.seconds: dict[str, float] = {}
        self.rows: list[str] = []

    @contextmanager
    def timed(self, label: str, count: int = 0) -> Iterator[None]:
        """Time the block; `count` rows were done in it."""
        start = time.perf_counter()
        yield
        taken = self.seconds[label] = time.perf_counter() - start
        rate = f"{count / taken:>12,.0f} /s" if count else ""
        self.rows.append(f"{label:<58}{taken:>9.2f} s {rate}")

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
