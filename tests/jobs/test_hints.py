"""Hints hold up nobody, whatever the broker does."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from jobs import hints
from jobs.models import Job
from kcrm.celery import app


@pytest.fixture
def at() -> Iterator:
    """`at(url)` sends hints there; puts everything back afterwards."""
    former = app.conf.broker_url, app.conf.broker_write_url

    def point(url: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = url
        hints._rests_until = 0.0

    yield point
    app.conf.broker_url, app.conf.broker_write_url = former
    hints._rests_until = 0.0


def timed(act) -> tuple[object, float]:
    began = time.monotonic()
    return act(), time.monotonic() - began


def test_a_broker_that_is_away_costs_no_second(at):
    at("redis://127.0.0.1:1/0")

    sent, seconds = timed(lambda: hints.send([Job(pk=1), Job(pk=2)]))

    assert sent == 0
    assert seconds < 1
    assert hints.waiting(heavy=False) is None


def test_a_broker_that_hangs_costs_a_second_at_most_and_then_nothing_for_a_while(at):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)
        at(f"redis://127.0.0.1:{server.getsockname()[1]}/0")

        _sent, first = timed(lambda: hints.send([Job(pk=1)]))
        _sent, second = timed(lambda: hints.send([Job(pk=1)]))

    assert first < 1.2
    assert second < 0.01


def test_hints_lie_in_the_queue_of_their_weight(at):
    at("memory://")

    assert hints.send([Job(pk=1), Job(pk=2), Job(pk=3, is_heavy=True)]) == 3
    assert (hints.waiting(heavy=False), hints.waiting(heavy=True)) == (2, 1)
