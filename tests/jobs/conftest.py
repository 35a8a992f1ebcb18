"""Kinds of jobs that only tests know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jobs import handlers
from jobs.handlers import handler


@pytest.fixture
def declare() -> Iterator[Callable[..., str]]:
    """`declare(run, **options)` registers a handler for the test and returns its kind."""
    known = dict(handlers._handlers)

    def register(run: Callable[..., Any], kind: str = "tests.kind", **options: Any) -> str:
        handler(kind, title="Test work", **options)(run)
        return kind

    yield register
    handlers._handlers.clear()
    handlers._handlers.update(known)
