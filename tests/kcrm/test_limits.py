"""So many calls a second, so many heavy ones at once."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from accounts.services.tokens import create_token
from kcrm.lib import limits
from kcrm.lib.errors import TooMuchAtOnce
from tests import personas
from tests.factories.customers import CustomerFactory


def test_a_bucket_lets_a_burst_through_and_then_the_rate(monkeypatch: pytest.MonkeyPatch):
    clock = [100.0]
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    buckets = limits.OwnBuckets()

    burst = [buckets.wait("me", 0.1, 30) for _call in range(30)]
    refused = buckets.wait("me", 0.1, 30)
    clock[0] += 0.1
    next_one, again = buckets.wait("me", 0.1, 30), buckets.wait("me", 0.1, 30)

    assert burst == [0.0] * 30
    assert refused == pytest.approx(0.1)
    assert (next_one, again) == (0.0, pytest.approx(0.1))
    assert buckets.wait("another", 0.1, 30) == 0.0


def test_without_redis_each_process_counts_for_itself(monkeypatch: pytest.MonkeyPatch, settings: Any):
    settings.KCRM_API_RATE, settings.KCRM_API_BURST = 10, 2

    def away() -> Any:
        raise redis.ConnectionError

    monkeypatch.setattr(limits, "_script", away)
    monkeypatch.setattr(limits, "_shared", limits.SharedBuckets())
    monkeypatch.setattr(limits, "_own", limits.OwnBuckets())

    waits = [limits.wait_for_call("me") for _call in range(4)]

    assert waits[:2] == [0.0, 0.0]
    assert min(waits[2:]) > 0


@pytest.mark.django_db
def test_too_many_calls_are_told_when_to_come_back(settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.KCRM_API_RATE, settings.KCRM_API_BURST = 10, 3
    monkeypatch.setattr(limits, "_shared", type("Away", (), {"wait": staticmethod(lambda *values: None)}))
    monkeypatch.setattr(limits, "_own", limits.OwnBuckets())
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 100.0))
    manager = personas.account_manager(CustomerFactory())
    _token, secret = create_token(name="sync", scopes=["accounts:read"], by=manager)
    program = {"Authorization": f"Bearer {secret}"}

    answers = [Client().get("/api/v1/customers/", headers=program) for _call in range(4)]
    person = Client()
    person.force_login(manager)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Retry-After"] == "2"
    assert answers[3]["Content-Type"] == "application/problem+json"
    assert answers[3].json()["code"] == "throttled"
    assert person.get("/api/v1/customers/").status_code == 200
    assert person.get("/customers/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_third_export_at_once_is_refused_until_one_ends():
    release, ready = threading.Event(), [threading.Event(), threading.Event()]

    def hold(sign: threading.Event) -> None:
        with transaction.atomic():
            limits.take_place("export", 7)
            sign.set()
            release.wait(10)
        connection.close()

    threads = [threading.Thread(target=hold, args=(sign,)) for sign in ready]
    for thread in threads:
        thread.start()
    assert all(sign.wait(5) for sign in ready)
    with pytest.raises(TooMuchAtOnce), transaction.atomic():
        limits.take_place("export", 7)
    with transaction.atomic():
        limits.take_place("export", 8)
    release.set()
    for thread in threads:
        thread.join(5)
    with transaction.atomic():
        limits.take_place("export", 7)


@pytest.mark.django_db
def test_the_page_says_to_wait(monkeypatch: pytest.MonkeyPatch):
    def full(kind: str, user_id: int) -> None:
        raise TooMuchAtOnce("Wait until one has ended.")

    monkeypatch.setattr("kcrm.lib.tables.views.take_place", full)
    client = Client()
    client.force_login(_director())

    answer = client.get("/customers/?export=csv")

    assert answer.status_code == 429
    assert answer["Retry-After"] == "10"
    assert "Wait until one has ended." in answer.content.decode()


def _director() -> User:
    return personas.director(CustomerFactory())
