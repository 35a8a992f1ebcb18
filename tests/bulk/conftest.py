"""Browsers in which somebody is signed in."""

from tests.customers.conftest import browse  # noqa: F401 - a fixture
