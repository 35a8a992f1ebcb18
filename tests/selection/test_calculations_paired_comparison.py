"""Weights from pairwise judgements and their consistency."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.paired_comparison import Judgement, paired_weights

ABC = ["size", "growth", "access"]
NEARLY = [Judgement("size", "growth", 3), Judgement("size", "access", 5), Judgement("growth", "access", 2)]


def test_worked_figure():
    result = paired_weights(ABC, NEARLY)

    assert [share for _, share in result.shares] == pytest.approx([0.6483, 0.2297, 0.1220], abs=1e-4)
    assert result.points == {"size": 65, "growth": 23, "access": 12}
    assert result.consistency_ratio == pytest.approx(0.0032, abs=1e-4)
    assert result.consistent
    assert result.wins == (("size", pytest.approx(2 / 3)), ("growth", pytest.approx(1 / 3)), ("access", 0))


def test_perfectly_consistent_judgements():
    result = paired_weights(
        ABC, [Judgement("size", "growth", 2), Judgement("size", "access", 4), Judgement("growth", "access", 2)]
    )

    assert result.points == {"size": 57, "growth": 29, "access": 14}
    assert result.consistency_ratio == pytest.approx(0, abs=1e-12)
    assert result.worst is None


def test_circle_is_inconsistent_and_named():
    result = paired_weights(
        ABC, [Judgement("size", "growth", 3), Judgement("growth", "access", 3), Judgement("access", "size", 3)]
    )

    assert [share for _, share in result.shares] == pytest.approx([1 / 3] * 3)
    assert result.consistency_ratio == pytest.approx((13 / 3 - 3) / 2 / 0.58)
    assert not result.consistent
    assert result.circles == (("size", "growth", "access"),)
    assert result.worst.implied_times == pytest.approx(1 / 9)


def test_worst_judgement_is_the_one_that_was_turned_round():
    shares = {"a": 40, "b": 30, "c": 20, "d": 10}
    judgements = [Judgement(one, two, shares[one] / shares[two]) for one, two in combinations(shares, 2)]
    judgements[2] = Judgement("a", "d", 1 / 4)

    result = paired_weights(list(shares), judgements)

    assert not result.consistent
    assert (result.worst.judgement.first, result.worst.judgement.second) == ("a", "d")
    assert result.worst.implied_times == pytest.approx(4)


def test_missing_pairs_leave_the_weights_undefined():
    result = paired_weights(ABC, NEARLY[:2])

    assert (result.shares, result.points, result.wins, result.consistency_ratio) == (None, None, None, None)
    assert result.missing == (("growth", "access"),)


def test_two_factors_cannot_contradict_each_other():
    result = paired_weights(["size", "growth"], [Judgement("size", "growth", 3)])

    assert result.points == {"size": 75, "growth": 25}
    assert result.consistency_ratio is None
    assert result.consistent


def test_one_factor_has_all_the_weight():
    result = paired_weights(["size"], [])

    assert (result.points, result.wins) == ({"size": 100}, None)


def test_tie_counts_half_a_win():
    result = paired_weights(["size", "growth"], [Judgement("size", "growth", 1)])

    assert result.wins == (("size", 0.5), ("growth", 0.5))


@pytest.mark.parametrize(
    ("factors", "judgements", "message"),
    [
        ([], [], "one to 10"),
        (["a", "a"], [], "named once"),
        ([str(number) for number in range(11)], [], "one to 10"),
        (["a", "b"], [Judgement("a", "b", 10)], "1/9 to 9"),
        (["a", "b"], [Judgement("a", "b", 0)], "1/9 to 9"),
        (["a", "b"], [Judgement("a", "c", 2)], "not two factors"),
        (["a", "b"], [Judgement("a", "b", 2), Judgement("b", "a", 2)], "twice"),
    ],
)
def test_judgements_that_are_none_are_refused(factors, judgements, message):
    with pytest.raises(ValueError, match=message):
        paired_weights(factors, judgements)


@given(st.lists(st.floats(min_value=1, max_value=3), min_size=3, max_size=8))
def test_judgements_made_from_weights_give_the_weights_back(weights):
    factors = [str(place) for place in range(len(weights))]
    judgements = [
        Judgement(str(one), str(two), weights[one] / weights[two]) for one, two in combinations(range(len(weights)), 2)
    ]

    result = paired_weights(factors, judgements)

    assert [share for _, share in result.shares] == pytest.approx([weight / sum(weights) for weight in weights])
    assert result.consistent


@given(st.lists(st.sampled_from([1 / 9, 1 / 5, 1 / 2, 1, 3, 7, 9]), min_size=6, max_size=6), st.permutations("abcd"))
def test_the_order_of_the_factors_changes_nothing(times, order):
    judgements = [Judgement(*pair, value) for pair, value in zip(combinations("abcd", 2), times, strict=True)]

    plain, shuffled = paired_weights(list("abcd"), judgements), paired_weights(list(order), judgements)

    assert dict(shuffled.shares) == pytest.approx(dict(plain.shares))
    assert shuffled.consistency_ratio == pytest.approx(plain.consistency_ratio)
