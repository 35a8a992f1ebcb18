"""Production does not start on a gap or a careless value; every connection is bounded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from kcrm.settings import environment

COMPLETE = {
    "KCRM_SECRET_KEY": "k" * 60,
    "KCRM_ALLOWED_HOSTS": "crm.example.com",
    "KCRM_BASE_URL": "https://crm.example.com",
    "DATABASE_URL": "postgresql://app:secret@db.example.com/kcrm",
    "REDIS_URL": "redis://:secret@redis.example.com:6379/0",
}


def load_production(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a process that knows these variables only."""
    return subprocess.run(
        [sys.executable, "-c", "import kcrm.settings.production"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
    )


def test_production_starts_when_everything_is_there() -> None:
    done = load_production(COMPLETE)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", list(COMPLETE))
def test_production_names_the_variable_that_is_missing(missing: str) -> None:
    done = load_production({name: value for name, value in COMPLETE.items() if name != missing})

    assert done.returncode == 1
    assert f"Set the environment variable {missing}" in done.stderr


def test_production_refuses_any_host() -> None:
    done = load_production(COMPLETE | {"KCRM_ALLOWED_HOSTS": "*"})

    assert done.returncode == 1
    assert "must name the hosts" in done.stderr


def test_a_database_url_gives_djangos_settings() -> None:
    url = "postgresql://app:p%40ss@db.example.com:6432/kcrm?sslmode=verify-full"

    assert environment.database(url, lock_timeout=5_000) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "kcrm",
        "HOST": "db.example.com",
        "PORT": 6432,
        "USER": "app",
        "PASSWORD": "p@ss",
        "OPTIONS": {"sslmode": "verify-full", "options": "-c lock_timeout=5000"},
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parameter", "value"),
    [("statement_timeout", "15s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "30s")],
)
def test_every_connection_is_bounded(parameter: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [parameter])

        assert cursor.fetchone() == (value,)
