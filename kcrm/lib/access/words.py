"""The actors of the matrix in words, for pages that say who could."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kcrm.lib.access.matrix import MATRIX, Actor, Verb

ACTOR_WORDS: Final[Mapping[Actor, Any]] = {
    Actor.ACCOUNT_MANAGER: _("the account manager"),
    Actor.CONTRIBUTOR: _("team members who contribute"),
    Actor.READER: _("team members"),
    Actor.DIRECTOR: _("the sales director"),
    Actor.FINANCE: _("finance partners"),
    Actor.SERVICE_AGENT: _("service agents"),
    Actor.PROGRAMME_OFFICE: _("the programme office"),
    Actor.ADMINISTRATOR: _("administrators"),
    Actor.AUDITOR: _("auditors"),
    Actor.ANYBODY: _("everybody, for their own"),
}


def who_may(resource: str, verb: str) -> list[str]:
    """The actors who may do this with some record, in words; empty for what nobody may."""
    row = MATRIX.get(resource)
    if row is None:
        return []
    return [
        str(ACTOR_WORDS[actor])
        for actor, clauses in row.cells.items()
        if any(Verb(verb) in clause.verbs for clause in clauses)
    ]
