"""How far a person reaches: teams, portfolio, queue, roles; read once per request, asked many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from kcrm.lib.access import Actor, Scope, Standing, Verb, allows, global_standings
from kcrm.lib.planned import Slot, Words
from teams.models import OrgUnit, TeamMembership, UnitAssignment

if TYPE_CHECKING:
    from accounts.models import User

LEVEL_ACTORS = {
    TeamMembership.Level.OWNER: (Actor.ACCOUNT_MANAGER, Scope.OWN),
    TeamMembership.Level.CONTRIBUTE: (Actor.CONTRIBUTOR, Scope.TEAM),
    TeamMembership.Level.READ: (Actor.READER, Scope.TEAM),
}


USER, DAY = Slot("user"), Slot("day")
# every request asks this, so it is written out: DatedQuerySet.on_day for both tables
REACH = Words(
    """
    SELECT team_id, level, fin, political, negotiation, '', NULL
    FROM teams_teammembership
    WHERE user_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)
    UNION ALL
    SELECT 0, kind, '', false, false, path,
        ARRAY(SELECT below.id FROM teams_orgunit below WHERE starts_with(below.path, teams_orgunit.path))
    FROM teams_unitassignment JOIN teams_orgunit ON teams_orgunit.id = unit_id
    WHERE user_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)
    """,
    [USER, DAY, DAY] * 2,
)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What a person may touch today, before any record is looked at.

    As long as the tables say the same, `reach_of` answers with the same object: what follows from nothing but the reach
    may be remembered under it.

    `teams` maps the id of an account team to the standing in it; `led`, `served` and `belongs` are paths of
    organisation units: those he directs, those whose customers he serves, those he works in. `below` gives the ids of
    such a unit and of all under it.
    """

    user_id: int
    roles: tuple[str, ...]
    teams: Mapping[int, Standing]
    led: tuple[str, ...]
    served: tuple[str, ...]
    belongs: tuple[str, ...] = ()
    below: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def units(self, paths: Iterable[str]) -> tuple[int, ...]:
        """The ids of the units with these paths, of `led` and `served`, and of all under them."""
        return tuple(sorted({unit for path in paths for unit in self.below.get(path, ())}))

    def standings(self, *, team_id: int | None, unit_path: str | None) -> tuple[Standing, ...]:
        """The standings towards a customer with this account team and this place in the organisation."""
        found = [standing for standing in global_standings(self.roles) if standing.actor is not Actor.DIRECTOR]
        if team_id is not None and team_id in self.teams:
            found.append(self.teams[team_id])
        if unit_path and unit_path.startswith(self.led or ("\0",)):
            found.append(Standing(Actor.DIRECTOR, Scope.PORTFOLIO, fin="full"))
        if unit_path and unit_path.startswith(self.served or ("\0",)):
            found.append(Standing(Actor.SERVICE_AGENT, Scope.QUEUE))
        return tuple(found)

    def actors(self) -> frozenset[Actor]:
        """Everything the person is towards any record at all: decides which pages the navigation offers."""
        found = {standing.actor for standing in global_standings(self.roles)} - {Actor.DIRECTOR}
        found |= {standing.actor for standing in self.teams.values()}
        if self.led:
            found.add(Actor.DIRECTOR)
        if self.served:
            found.add(Actor.SERVICE_AGENT)
        return frozenset(found)


def reach_of(user: User, *, today: date | None = None) -> Reach:
    """The reach of a person today, read with one statement and kept on the user object of this request."""
    kept = getattr(user, "_reach", None)
    if kept is not None:
        return kept
    found = REACH.fetch(user=user.pk, day=today or timezone.localdate())
    rows = tuple((*row, tuple(units or ())) for *row, units in found)
    reach = _reach(user.pk, tuple(user.roles), rows)
    user._reach = reach  # type: ignore[attr-defined]  # remembered as long as the request lasts
    return reach


def reader_of(user: User) -> Reach | None:
    """What decides which rows somebody sees: equal readers see the same. None for a token with customers of its own."""
    token = getattr(user, "api_token", None)
    return None if token is not None and token.customer_ids is not None else reach_of(user)


@lru_cache(maxsize=5_000)
def _reach(user_id: int, roles: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> Reach:
    """The reach that these rows of `REACH` amount to."""
    teams, places, below = {}, [], {}
    for team_id, word, fin, political, negotiation, path, units in rows:
        if team_id:
            actor, scope = LEVEL_ACTORS[word]
            teams[team_id] = Standing(actor, scope, fin=fin, political=political, negotiation=negotiation)
        else:
            places.append((word, path))
            below[path] = units
    led = tuple(path for kind, path in places if kind == UnitAssignment.Kind.LEADER) if "director" in roles else ()
    served = (
        tuple(path for kind, path in places if kind == UnitAssignment.Kind.SERVICE) if "service_agent" in roles else ()
    )
    belongs = tuple(path for kind, path in places if kind != UnitAssignment.Kind.SERVICE)
    return Reach(user_id=user_id, roles=roles, teams=teams, led=led, served=served, belongs=belongs, below=below)


def people_led_by(user: User) -> QuerySet[UnitAssignment, int] | None:
    """The keys of the people in the units that the user directs today; None for who directs nothing."""
    reach = reach_of(user)
    if not reach.led:
        return None
    units = OrgUnit.objects.below(*reach.led)
    return UnitAssignment.objects.on_day(timezone.localdate()).filter(unit__in=units).order_by().values_list("user_id")


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may give to others on one account team: these levels, and whether flags as well."""

    levels: frozenset[str]
    flags: bool

    def covers(self, *, level: str, has_flags: bool) -> bool:
        """Whether a membership of this level, with or without flags, is his to give and to take."""
        return level in self.levels and (self.flags or not has_flags)


def sees_workload(user: User) -> bool:
    """Whether the page has anything to say: to who works for customers, leads a part of us or runs the programme."""
    reach = reach_of(user)
    return bool(reach.teams or reach.led) or "programme_office" in reach.roles


def grantable(standings: Iterable[Standing]) -> Grant:
    """What the standings towards an account let somebody give, never to himself.

    The account manager brings in people who read or contribute; flags and the ownership itself are the director's.
    The administrator gives nothing here: he hands a leaver's accounts over, which is an act of its own.
    """
    granting = {standing.actor for standing in standings if allows("account_team", Verb.GRANT, [standing])}
    if Actor.DIRECTOR in granting:
        return Grant(frozenset(TeamMembership.Level.values), flags=True)
    if Actor.ACCOUNT_MANAGER in granting:
        return Grant(frozenset({TeamMembership.Level.READ.value, TeamMembership.Level.CONTRIBUTE.value}), flags=False)
    return Grant(frozenset(), flags=False)


def can_hand_over(standings: Iterable[Standing], *, owner_left: bool) -> bool:
    """Whether somebody gives an account a new owner: the director always, the administrator once the owner has left."""
    known = tuple(standings)
    if TeamMembership.Level.OWNER in grantable(known).levels:
        return True
    administrators = [standing for standing in known if standing.actor is Actor.ADMINISTRATOR]
    return owner_left and allows("account_team", Verb.GRANT, administrators)
