"""Two persons put an edition into force: tests that only need one in force take them here."""

from __future__ import annotations

from accounts.models import User
from selection.models import ScoringModel
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
