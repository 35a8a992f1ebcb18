"""How random examples run here: as many as usual, without a stop-watch, because a busy machine is no bug; a scoring."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings

from accounts.models import User
from selection.models import ScoringRun
from tests import personas
from tests.selection.approving import model_in_force
from tests.selection.placing import TODAY

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")


@pytest.fixture
def office() -> User:
    """Somebody of the programme office."""
    return personas.programme_office()


@pytest.fixture
def run() -> ScoringRun:
    """A finished scoring, high from 5.5."""
    model = model_in_force()
    return ScoringRun.objects.create(model=model, key="one", state="finished", cut=Decimal("5.5"), as_of_month=TODAY)
