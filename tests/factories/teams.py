"""Units, places in the organisation, account teams and memberships."""

from __future__ import annotations

from datetime import date

import factory

from teams.models import AccountTeam, OrgUnit, TeamMembership, UnitAssignment
from tests.factories.accounts import UserFactory

LONG_AGO = date(2020, 1, 1)


class UnitFactory(factory.django.DjangoModelFactory):
    """A unit at the top of the organisation; its path comes from the database."""

    class Meta:
        model = OrgUnit

    name = factory.Sequence(lambda n: f"Unit {n}")
    code = factory.Sequence(lambda n: f"U{n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        unit = super()._create(model_class, *args, **kwargs)
        unit.refresh_from_db(fields=["path"])
        return unit


class UnitAssignmentFactory(factory.django.DjangoModelFactory):
    """Somebody who belongs to a unit until further notice."""

    class Meta:
        model = UnitAssignment

    unit = factory.SubFactory(UnitFactory)
    user = factory.SubFactory(UserFactory)
    kind = UnitAssignment.Kind.MEMBER
    valid_from = LONG_AGO


class AccountTeamFactory(factory.django.DjangoModelFactory):
    """A team without members."""

    class Meta:
        model = AccountTeam


class MembershipFactory(factory.django.DjangoModelFactory):
    """Somebody who reads the account until further notice."""

    class Meta:
        model = TeamMembership

    team = factory.SubFactory(AccountTeamFactory)
    user = factory.SubFactory(UserFactory)
    level = TeamMembership.Level.READ
    function = TeamMembership.Function.OTHER
    valid_from = LONG_AGO
