"""How good a relationship is (M35)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.relationship_quality import Dimension, quality_gap, relationship_quality

CORE_ANSWERS = {Dimension.TRUST: [6, 6], Dimension.COMMITMENT: [5, 5], Dimension.SATISFACTION: [5, 6]}
FULL = CORE_ANSWERS | {Dimension.COOPERATION: [5, 4], Dimension.CONFLICT: [2, 3]}

items = st.lists(st.integers(1, 7), min_size=1, max_size=3)
respondent = st.fixed_dictionaries(dict.fromkeys(Dimension, items))


def test_worked_figures():
    quality = relationship_quality([FULL, FULL, FULL])

    assert [value for _, value in quality.dimensions] == [6, 5, 5.5, 4.5, 5.5]
    assert quality.score == pytest.approx(5.3 * 100 / 7)
    assert quality.index == pytest.approx(4.3 / 6 * 100)
    assert (quality.respondents, quality.indicative) == (3, False)


def test_conflict_is_turned_round():
    calm = relationship_quality([CORE_ANSWERS | {Dimension.CONFLICT: [1]}])
    stormy = relationship_quality([CORE_ANSWERS | {Dimension.CONFLICT: [7]}])

    assert (dict(calm.dimensions)[Dimension.CONFLICT], dict(stormy.dimensions)[Dimension.CONFLICT]) == (7, 1)


def test_fewer_than_three_respondents_are_indicative():
    assert relationship_quality([FULL, FULL]).indicative


def test_each_respondent_counts_once_however_many_items():
    two = relationship_quality([dict.fromkeys(Dimension, (1, 1, 1)), dict.fromkeys(Dimension, (7,))])

    assert dict(two.dimensions)[Dimension.TRUST] == 4


def test_dimension_nobody_was_asked_is_left_out():
    quality = relationship_quality([CORE_ANSWERS])

    assert quality.score == pytest.approx(5.5 * 100 / 7)
    assert dict(quality.dimensions)[Dimension.COOPERATION] is None


def test_missing_core_dimension_leaves_the_quality_undefined():
    quality = relationship_quality([{Dimension.TRUST: [6], Dimension.COMMITMENT: [None], Dimension.SATISFACTION: [5]}])

    assert (quality.score, quality.index, quality.respondents) == (None, None, 1)


def test_nobody_asked_is_undefined():
    quality = relationship_quality([])

    assert (quality.score, quality.respondents, quality.indicative) == (None, 0, True)


@pytest.mark.parametrize("answer", [0, 8])
def test_answer_off_the_scale_is_refused(answer):
    with pytest.raises(ValueError, match="between 1 and 7"):
        relationship_quality([{Dimension.TRUST: [answer]}])


def test_gap_is_positive_where_we_see_it_rosier():
    ours, theirs = relationship_quality([FULL] * 3), relationship_quality([dict.fromkeys(Dimension, (4,))] * 2)

    gap = quality_gap(ours, theirs)

    assert gap.score == pytest.approx(1.3 * 100 / 7)
    assert dict(gap.dimensions)[Dimension.TRUST] == 2
    assert gap.indicative


def test_gap_to_a_side_not_asked_is_undefined():
    assert quality_gap(relationship_quality([FULL]), relationship_quality([])).score is None


@given(st.lists(respondent, min_size=1, max_size=6), st.randoms())
def test_the_order_of_the_respondents_changes_nothing(responses, rng: random.Random):
    shuffled = rng.sample(responses, len(responses))

    assert relationship_quality(shuffled).score == pytest.approx(relationship_quality(responses).score)


@given(respondent)
def test_index_lies_between_0_and_100(answers):
    quality = relationship_quality([answers])

    assert -1e-9 <= quality.index <= 100 + 1e-9
    assert 100 / 7 - 1e-9 <= quality.score <= 100 + 1e-9


@given(respondent, st.sampled_from(list(Dimension)))
def test_a_better_answer_never_lowers_the_quality(answers, dimension):
    best = 1 if dimension is Dimension.CONFLICT else 7

    before = relationship_quality([answers])
    after = relationship_quality([answers | {dimension: [best]}])

    assert after.score >= before.score - 1e-9
