"""The organisation as a tree with its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from teams.models import OrgUnit, UnitAssignment


@dataclass(frozen=True, slots=True)
class UnitBranch:
    """A unit with who leads, belongs to and serves it, and the units below it; `heads` counts people below as well.

    `led_from_above` are the leaders of the nearest unit above that has some, where the unit has none of its own.
    """

    unit: OrgUnit
    leaders: Sequence[User]
    members: Sequence[User]
    service: Sequence[User]
    children: Sequence[UnitBranch]
    heads: int
    led_from_above: Sequence[User]

    @property
    def without_leader(self) -> int:
        """How many units here and below are led by nobody, not even from above."""
        own = not self.leaders and not self.led_from_above
        return own + sum(child.without_leader for child in self.children)


def unit_tree(today: date) -> list[UnitBranch]:
    """The whole organisation, in two statements."""
    people: dict[tuple[int, str], list[User]] = {}
    places = UnitAssignment.objects.on_day(today).filter(user__is_active=True).select_related("user")
    for place in places.order_by("user__full_name"):
        people.setdefault((place.unit_id, place.kind), []).append(place.user)
    below: dict[int | None, list[OrgUnit]] = {}
    for unit in OrgUnit.objects.order_by("name"):
        below.setdefault(unit.parent_id, []).append(unit)
    return [_branch(unit, below, people, [])[0] for unit in below.get(None, [])]


def leaders_above(unit: OrgUnit, today: date) -> list[User]:
    """Who leads the nearest unit above that has leaders."""
    above = unit.parent
    while above is not None:
        places = UnitAssignment.objects.on_day(today).filter(unit=above, kind="leader", user__is_active=True)
        if found := [place.user for place in places.select_related("user").order_by("user__full_name")]:
            return found
        above = above.parent
    return []


def _branch(
    unit: OrgUnit,
    below: dict[int | None, list[OrgUnit]],
    people: dict[tuple[int, str], list[User]],
    above: Sequence[User],
) -> tuple[UnitBranch, set[int]]:
    """The branch of a unit, and everybody in it: who has two places counts once."""
    leaders, members, service = (people.get((unit.pk, kind), []) for kind in ("leader", "member", "service"))
    everybody = {person.pk for person in (*leaders, *members)}
    children = []
    for child in below.get(unit.pk, []):
        branch, theirs = _branch(child, below, people, leaders or above)
        children.append(branch)
        everybody |= theirs
    led = [] if leaders else above
    return UnitBranch(unit, leaders, members, service, children, len(everybody), led), everybody
