"""Who could work for a customer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from teams.models import OrgUnit, TeamMembership, UnitAssignment


def colleagues_of(*, team_id: int, unit: OrgUnit, day: date) -> QuerySet[User]:
    """The active people who work for a customer on a day: his account team, and who leads or serves his part of us."""
    members = TeamMembership.objects.on_day(day).filter(team=team_id).values("user")
    above = [int(part) for part in unit.path.split("/") if part]
    places = (
        UnitAssignment.objects.on_day(day)
        .filter(unit__in=above, kind__in=(UnitAssignment.Kind.LEADER, UnitAssignment.Kind.SERVICE))
        .values("user")
    )
    found: QuerySet[User] = User.objects.active().filter(Q(pk__in=members) | Q(pk__in=places)).order_by("full_name")
    return found
