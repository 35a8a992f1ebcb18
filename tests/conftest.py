"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins in English, whatever language the page before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
