"""What holds for every test."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from kcrm.embedded.first_migration import rendering_only_what_changes


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins in English, whatever language the page before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def django_db_use_migrations(django_db_use_migrations: bool) -> Iterator[bool]:
    """Each process migrates a database of its own, which is empty."""
    with rendering_only_what_changes():
        yield django_db_use_migrations


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests that commit empty the audit trail afterwards, which nobody else may."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger"
            " WHERE tgrelid = 'accounts_auditentry'::regclass AND tgname LIKE 'pgtrigger_no_truncate%'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE accounts_auditentry DISABLE TRIGGER "{name}"')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """After a test that commits every table is emptied: lay down again what migrations had, if another test follows."""
    yield
    if nextitem is not None and _commits(item):
        with item.config.stash[blocking_manager_key].unblock():
            import_module("planning.migrations.0002_first_rules").add(apps, None)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    by_mark = bool(marker and marker.kwargs.get("transaction"))
    return by_mark or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
