"""People in the roles that these tests need, signed in or not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def _landing_page(settings) -> None:
    settings.LOGIN_REDIRECT_URL = "accounts:profile"


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(full_name="Ada Administrator", roles=["administrator"])


@pytest.fixture
def auditor(db: None) -> User:
    return UserFactory(full_name="Otto Auditor", roles=["auditor"])


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(full_name="Anna Manager")


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
