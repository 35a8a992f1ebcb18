"""One seed for all tests of a module: made once, rolled back at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.authz.seed import Seed, fingerprint, one_of_everything


@pytest.fixture(scope="module")
def seed(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Seed]:
    """The records and people of `one_of_everything`; each test runs in a savepoint on top of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield one_of_everything()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def untouched(seed: Seed, django_db_blocker: Any) -> str:
    """The fingerprint of the seed before any test."""
    with django_db_blocker.unblock():
        return fingerprint()


@pytest.fixture(scope="module")
def signed_in(seed: Seed, django_db_blocker: Any) -> Callable[[str], Client]:
    """`signed_in(name)` is a new browser in which this person is signed in; signing in itself happens once."""
    with django_db_blocker.unblock():
        cookies = {}
        for name, user in seed.people.items():
            client = Client()
            client.force_login(user)
            cookies[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def browser(name: str) -> Client:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = cookies[name]
        return client

    return browser
