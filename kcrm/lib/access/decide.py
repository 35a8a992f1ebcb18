"""What the matrix answers for somebody's standings. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kcrm.lib.access.matrix import CLASSES, MATRIX, Actor, Clause, Scope, Verb

ROLE_STANDINGS: Final = {
    "finance": (Actor.FINANCE, Scope.ALL),
    "programme_office": (Actor.PROGRAMME_OFFICE, Scope.ALL),
    "administrator": (Actor.ADMINISTRATOR, Scope.ALL),
    "auditor": (Actor.AUDITOR, Scope.ALL),
}
CLASS_RESOURCES: Final = {
    "F2": "profitability",
    "F3": "credit",
    "F4": "soft_note",
    "F5": "negotiation",
    "F6P": "contact_private",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Who somebody is towards a record, how far that reaches, and the flags that come with it."""

    actor: Actor
    scope: Scope
    fin: str = "none"
    political: bool = False
    negotiation: bool = False

    def meets(self, condition: str) -> bool:
        """Whether the flags satisfy the condition of a clause."""
        if condition == "fin":
            return self.fin in {"summary", "full"}
        if condition == "fin=full":
            return self.fin == "full"
        if condition == "political":
            return self.political
        if condition == "negotiation":
            return self.negotiation
        return True


def _reaches(clause: Clause, standing: Standing) -> bool:
    return clause.scope in {standing.scope, Scope.ALL} and standing.meets(clause.condition)


def verbs_for(resource: str, standings: Iterable[Standing]) -> frozenset[Verb]:
    """All that these standings together may do with the resource. Raises KeyError for an unknown resource."""
    return _verbs_for(resource, tuple(standings))


@lru_cache(maxsize=4_096)
def _verbs_for(resource: str, standings: tuple[Standing, ...]) -> frozenset[Verb]:
    cells = MATRIX[resource].cells
    return frozenset(
        verb
        for standing in standings
        for clause in cells.get(standing.actor, ())
        if _reaches(clause, standing)
        for verb in clause.verbs
    )


def allows(resource: str, verb: Verb, standings: Iterable[Standing]) -> bool:
    """Whether these standings may do this with the resource."""
    return verb in verbs_for(resource, standings)


def allows_anywhere(resource: str, verb: Verb, actors: Iterable[Actor]) -> bool:
    """Whether one of the actors could do this with any record at all: to show or hide a page, never to allow an act."""
    cells = MATRIX[resource].cells
    return any(verb in clause.verbs for actor in actors for clause in cells.get(actor, ()))


def global_standings(roles: Iterable[str], *, is_self: bool = False) -> tuple[Standing, ...]:
    """The standings that do not depend on a customer; `is_self` adds those towards one's own things."""
    found = [Standing(*ROLE_STANDINGS[role]) for role in roles if role in ROLE_STANDINGS]
    if "director" in roles:
        found.append(Standing(Actor.DIRECTOR, Scope.ALL))
    found.append(Standing(Actor.ANYBODY, Scope.ALL))
    if is_self:
        found += [Standing(standing.actor, Scope.SELF) for standing in tuple(found)]
        if "service_agent" in roles:
            found.append(Standing(Actor.SERVICE_AGENT, Scope.SELF))
    return tuple(found)


def readable_classes(standings: Iterable[Standing]) -> frozenset[str]:
    """The field classes these standings may read on a record that they see.

    F0, F1 and F6 come with the record itself; F7 is never readable. F2 needs the full view of finance:
    the account-level summary is asked for with `allows("profitability", Verb.READ, ...)`.
    """
    known = tuple(standings)
    classes = {"F0", "F1", "F6"}
    for name in CLASSES:
        resource = CLASS_RESOURCES.get(name)
        if resource and allows(resource, Verb.READ, known):
            classes.add(name)
    return frozenset(classes)
