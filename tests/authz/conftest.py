"""One seed for all tests of a module: made once, rolled back at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.authz.seed import Seed, one_of_everything


@pytest.fixture(scope="module")
def seed(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Seed]:
    """The records and people of `one_of_everything`; each test runs in a savepoint on top of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield one_of_everything()
        transaction.set_rollback(True)
