"""Two persons put an edition into force: tests that only need one in force take them here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from selection.models import ModelFactor, ScoringModel
from selection.services.editions import approve_edition, ask_for_force
from teams.models import UnitAssignment
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory


def leader(name: str = "Vera Second", *roles: str) -> User:
    """A director who leads a unit, with further roles."""
    user = UserFactory(full_name=name, roles=["director", *roles])
    UnitAssignmentFactory(user=user, kind=UnitAssignment.Kind.LEADER)
    return user


def second_person() -> User:
    """A director who wrote and asked for nothing."""
    return User.objects.filter(full_name="Vera Second").first() or leader()


def put_into_force(*, model_id: int, version: int, by: User) -> ScoringModel:
    """Ask for an edition and let somebody else approve it."""
    asked = ask_for_force(model_id=model_id, version=version, by=by)
    return approve_edition(model_id=model_id, version=asked.version, by=second_person())


def model_in_force(*factors: Mapping[str, Any]) -> ScoringModel:
    """An edition that two persons put into force, straight into the database."""
    model = ScoringModel.objects.create(name="Model", asked_by=UserFactory())
    for factor in factors:
        ModelFactor.objects.create(model=model, **factor)
    model.apply({"state": "active", "decided_by": UserFactory()})
    return model
