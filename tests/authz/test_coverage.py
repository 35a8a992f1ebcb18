"""No address is untested: each stands in the table of routes, and the table names no address that is gone."""

from __future__ import annotations

from kcrm.lib.access import MATRIX, Verb
from tests.authz.routes import ALL_RULES, routes

SEEDED_TARGETS_NEED_A_RESOURCE = {"list", "open", "public", "missing"}


def test_every_address_has_a_rule_and_every_rule_an_address():
    known = {route.name for route in routes()}

    assert known - set(ALL_RULES) == set()
    assert set(ALL_RULES) - known == set()


def test_every_rule_names_a_row_and_a_verb_of_the_matrix():
    verbs = {str(verb) for verb in Verb}

    for rule in ALL_RULES.values():
        assert rule.verb in verbs, rule
        assert rule.resource in MATRIX or (rule.resource == "-" and rule.target in SEEDED_TARGETS_NEED_A_RESOURCE), rule
