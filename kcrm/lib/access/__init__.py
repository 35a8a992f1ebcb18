"""Rights: one matrix as data, and the pure functions that read it.

A person's *standings* towards a record (account manager of it, director of its portfolio, finance partner...)
are found by the apps that know them; whether they suffice is decided here and nowhere else.
"""

from kcrm.lib.access.decide import Standing, allows, allows_anywhere, global_standings, readable_classes, verbs_for
from kcrm.lib.access.matrix import ACTORS, MATRIX, Actor, Scope, Verb
from kcrm.lib.access.scopes import API_SCOPES, token_allows

__all__ = [
    "ACTORS",
    "API_SCOPES",
    "MATRIX",
    "Actor",
    "Scope",
    "Standing",
    "Verb",
    "allows",
    "allows_anywhere",
    "global_standings",
    "readable_classes",
    "token_allows",
    "verbs_for",
]
