"""Does a customer meet the written definition (M14)."""

from __future__ import annotations

import pytest

from selection.calculations.key_account_definition import KeyCriterion, KeyTrait, definition_check

NO_CRITERIA = dict.fromkeys(KeyCriterion, False)
NO_TRAITS = dict.fromkeys(KeyTrait, False)


def test_one_criterion_is_enough():
    check = definition_check(NO_CRITERIA | {KeyCriterion.STRATEGIC_PROJECT: True}, NO_TRAITS)

    assert (check.meets_definition, check.criteria_met) == (True, (KeyCriterion.STRATEGIC_PROJECT,))
    assert check.candidate is True


@pytest.mark.parametrize(("shown", "candidate"), [(2, False), (3, True), (4, True)])
def test_three_of_four_traits_make_a_candidate(shown, candidate):
    traits = NO_TRAITS | dict.fromkeys(list(KeyTrait)[:shown], True)

    assert definition_check(NO_CRITERIA, traits).candidate is candidate


def test_nothing_known_is_open_and_not_no():
    check = definition_check({}, {})

    assert (check.meets_definition, check.shows_traits, check.candidate) == (None, None, None)
    assert len(check.open_questions) == 9


def test_unknown_trait_that_cannot_turn_the_verdict_leaves_it():
    traits = NO_TRAITS | {KeyTrait.HIGH_VALUE: True, KeyTrait.ENTRY_BARRIER: None}

    check = definition_check(NO_CRITERIA, traits)

    assert (check.shows_traits, check.candidate) == (False, False)
    assert check.open_questions == ("entry_barrier",)


def test_unknown_criterion_keeps_the_question_open():
    assert definition_check(NO_CRITERIA | {KeyCriterion.MARKET_GROWTH: None}, NO_TRAITS).candidate is None
