"""How this server is: alive (`/healthz`), and able to serve (`/readyz`). For proxies and monitors, outside sign-in."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.selectors.health import pulse
from jobs.services.schedules import database_now
from kcrm.lib.web import public

PATIENCE = 1.0  # seconds for the broker to answer

_is_migrated = False


@public
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """What this server needs, part by part.

    503 without the database or before its migrations, since no page can be shown. Without the others pages work and
    jobs wait: 200, `degraded`.
    """
    parts = {
        "database": _says(_database),
        "migrations": _says(_migrations),
        "broker": _says(_broker),
        "scheduler": _says(lambda: _shows("scheduler")),
        "worker": _says(lambda: _shows("worker")),
    }
    serves = parts["database"] and parts["migrations"]
    status = "ready" if all(parts.values()) else "degraded" if serves else "unavailable"
    told = {name: "ok" if well else "silent" for name, well in parts.items()}
    return JsonResponse({"status": status, **told}, status=200 if serves else 503)


def _says(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except (DatabaseError, redis.RedisError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    """Whether every migration that this code knows has run; asked no more once they have."""
    global _is_migrated
    if not _is_migrated:
        plan = MigrationExecutor(connection)
        _is_migrated = not plan.migration_plan(plan.loader.graph.leaf_nodes())
    return _is_migrated


def _shows(name: str) -> bool:
    """Whether a part showed lately that it lives."""
    return not pulse(name, database_now()).is_silent


def _broker() -> bool:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    ) as client:
        return bool(client.ping())
