"""The organisation as a tree with its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from teams.models import OrgUnit, UnitAssignment


@dataclass(frozen=True, slots=True)
class UnitBranch:
    """A unit with who leads, belongs to and serves it, and the units below it; `heads` counts people below as well."""

    unit: OrgUnit
    leaders: Sequence[User]
    members: Sequence[User]
    service: Sequence[User]
    children: Sequence[UnitBranch]
    heads: int


def unit_tree(today: date) -> list[UnitBranch]:
    """The whole organisation, in two statements."""
    people: dict[tuple[int, str], list[User]] = {}
    places = UnitAssignment.objects.on_day(today).filter(user__is_active=True).select_related("user")
    for place in places.order_by("user__full_name"):
        people.setdefault((place.unit_id, place.kind), []).append(place.user)
    below: dict[int | None, list[OrgUnit]] = {}
    for unit in OrgUnit.objects.order_by("name"):
        below.setdefault(unit.parent_id, []).append(unit)
    return [_branch(unit, below, people)[0] for unit in below.get(None, [])]


def _branch(
    unit: OrgUnit, below: dict[int | None, list[OrgUnit]], people: dict[tuple[int, str], list[User]]
) -> tuple[UnitBranch, set[int]]:
    """The branch of a unit, and everybody in it: who has two places counts once."""
    leaders, members, service = (people.get((unit.pk, kind), []) for kind in ("leader", "member", "service"))
    everybody = {person.pk for person in (*leaders, *members)}
    children = []
    for child in below.get(unit.pk, []):
        branch, theirs = _branch(child, below, people)
        children.append(branch)
        everybody |= theirs
    return UnitBranch(unit, leaders, members, service, children, len(everybody)), everybody
