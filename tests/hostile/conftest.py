"""Who sends the hostile files, and the limits that every one of them keeps."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

SECONDS = 60
KILOBYTES = 512 * 1024


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """An empty place for files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def _limits() -> Iterator[None]:
    """Nothing takes a minute or half a gigabyte."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.monotonic() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < KILOBYTES


@pytest.fixture
def director() -> User:
    """Somebody who may bring customers in."""
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user
