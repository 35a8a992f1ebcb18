"""Proxies and monitors learn how the server is without signing in."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django.fixtures import Settings

from kcrm.views import health


def test_alive_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_degraded_without_the_broker(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "broker": "away"}


def test_unavailable_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise DatabaseError("connection refused at 10.0.0.7")

    monkeypatch.setattr(health, "_database", fail)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "away", "broker": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_asks_are_answered(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
