"""Proxies and monitors learn how the server is without signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.test import Client
from pytest_django.fixtures import Settings

from jobs.models import Heartbeat
from jobs.services.schedules import beat
from kcrm.views import health


def test_alive_asks_nobody(client: Client) -> None:
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.fixture
def heartbeats(db: None) -> None:
    """Scheduler and worker showed themselves just now."""
    beat(name="scheduler")
    beat(name="worker")


@pytest.mark.usefixtures("heartbeats")
def test_ready_when_every_part_shows_itself(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "scheduler": "ok",
        "worker": "ok",
    }


@pytest.mark.usefixtures("heartbeats")
def test_degraded_without_the_broker(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.status_code == 200
    assert (response.json()["status"], response.json()["broker"]) == ("degraded", "silent")


@pytest.mark.usefixtures("heartbeats")
def test_degraded_when_the_scheduler_falls_silent(client: Client) -> None:
    Heartbeat.objects.filter(name="scheduler").update(at=Now() - timedelta(minutes=2))

    response = client.get("/readyz")

    assert response.status_code == 200
    assert (response.json()["status"], response.json()["scheduler"]) == ("degraded", "silent")


def test_unavailable_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> bool:
        raise DatabaseError("connection refused at 10.0.0.7")

    monkeypatch.setattr(health, "_database", fail)
    monkeypatch.setattr(health, "_migrations", fail)
    monkeypatch.setattr(health, "_shows", fail)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert "10.0.0.7" not in response.content.decode()


@pytest.mark.usefixtures("heartbeats")
def test_unavailable_until_the_database_is_migrated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_is_migrated", False)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *args: [("jobs", "0002")])

    response = client.get("/readyz")

    assert response.status_code == 503
    assert (response.json()["status"], response.json()["migrations"]) == ("unavailable", "silent")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_asks_are_answered(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
