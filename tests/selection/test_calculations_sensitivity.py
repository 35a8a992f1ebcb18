"""Would other weights have chosen other customers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.scoring import Factor
from selection.calculations.sensitivity import weight_sensitivity

FACTORS = [Factor("size", 60), Factor("growth", 40)]
ROWS = {
    "north": {"size": 9, "growth": 4},
    "east": {"size": 6, "growth": 8},
    "south": {"size": 3, "growth": 3},
}

scores = st.floats(min_value=1, max_value=10)
rows = st.dictionaries(
    st.text(min_size=1, max_size=3), st.fixed_dictionaries({"size": scores, "growth": scores}), min_size=1, max_size=10
)


def test_worked_figures():
    found = weight_sensitivity(FACTORS, ROWS)

    assert [(one.key, one.base_rank, one.best, one.worst, one.firm) for one in found.ranges] == [
        ("north", 1, 1, 2, True),
        ("east", 2, 1, 2, True),
        ("south", 3, 3, 3, True),
    ]
    assert [(one.factor, round(one.change, 1), round(one.kept_rank, 4)) for one in found.swings] == [
        ("size", 0.2, 1),
        ("size", -0.2, 0.3333),
        ("growth", 0.2, 0.3333),
        ("growth", -0.2, 1),
    ]
    assert found.rank_stability == pytest.approx(2 / 3)
    assert found.side_stability == 1


def test_equal_weights_turn_the_first_two_round():
    equal = weight_sensitivity(FACTORS, ROWS).equal

    assert [(one.key, one.rank, one.base_rank) for one in equal.accounts] == [
        ("east", 1, 2),
        ("north", 2, 1),
        ("south", 3, 3),
    ]


def test_account_that_changes_sides_is_not_firm():
    found = weight_sensitivity(FACTORS, {"edge": {"size": 6, "growth": 5}}, given_cut=5.6)

    assert (found.ranges[0].firm, found.side_stability) == (False, 0.5)


def test_a_clear_winner_stays_under_any_swing():
    found = weight_sensitivity(FACTORS, {"best": {"size": 9, "growth": 9}, "worst": {"size": 2, "growth": 2}})

    assert (found.rank_stability, found.side_stability) == (1, 1)


def test_correlation_with_equal_weights_needs_eight():
    eight = {str(place): {"size": place + 1, "growth": 10 - place} for place in range(8)}

    assert weight_sensitivity(FACTORS, ROWS).equal_correlation is None
    assert weight_sensitivity([Factor("size", 60), Factor("growth", 30)], eight).equal_correlation is None
    assert weight_sensitivity(
        FACTORS, {key: {"size": row["size"], "growth": row["size"]} for key, row in eight.items()}
    ).equal_correlation == pytest.approx(1)


def test_account_that_may_not_be_ranked_takes_no_part_and_one_that_may_always_does():
    factors = [Factor("size", 72), Factor("growth", 28)]

    found = weight_sensitivity(factors, ROWS | {"thin": {"growth": 9}, "just": {"size": 9}})

    assert [one.key for one in found.ranges] == ["just", "north", "east", "south"]
    assert {len(one.accounts) for one in found.swings} == {4}


def test_factor_without_weight_is_not_swung():
    found = weight_sensitivity([*FACTORS, Factor("colour", 0)], {"north": {"size": 5, "growth": 5, "colour": 1}})

    assert len(found.swings) == 4
    assert found.equal.accounts[0].rank == 1


def test_nobody_to_rank_is_undefined():
    found = weight_sensitivity(FACTORS, {"thin": {"growth": 9}})

    assert (found.rank_stability, found.side_stability, found.equal, found.swings) == (None, None, None, ())


@pytest.mark.parametrize("swing", [0, 1, -0.2])
def test_swing_that_is_none_is_refused(swing):
    with pytest.raises(ValueError, match="between 0 and 1"):
        weight_sensitivity(FACTORS, ROWS, swing=swing)


@given(rows, st.sampled_from([0.01, 7, 1000]))
def test_only_the_proportions_of_the_weights_count(table, scale):
    scaled = [Factor(factor.key, factor.weight * scale) for factor in FACTORS]

    plain, other = weight_sensitivity(FACTORS, table), weight_sensitivity(scaled, table)

    assert [one.base_rank for one in plain.ranges] == [one.base_rank for one in other.ranges]
    assert other.rank_stability == pytest.approx(plain.rank_stability)


@given(rows)
def test_base_rank_lies_in_its_range(table):
    assert all(one.best <= one.base_rank <= one.worst for one in weight_sensitivity(FACTORS, table).ranges)
