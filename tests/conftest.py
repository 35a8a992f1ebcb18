"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins in English, whatever language the page before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


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
