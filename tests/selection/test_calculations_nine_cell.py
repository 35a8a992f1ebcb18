"""What to do next with a customer (M10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.bands import Band
from selection.calculations.nine_cell import (
    STATUS_WEIGHTS,
    STRATEGIES,
    CellStrategy,
    StatusPart,
    cell_of,
    relationship_status,
    trail,
)

WORKED = {
    "bond_index": 50.0,
    "share_of_wallet": 0.40,
    "stage_index": 50.0,
    "quality_index": 70.0,
    "tenure_years": 6.0,
}

parts = st.fixed_dictionaries(
    {
        "bond_index": st.none() | st.floats(0, 100),
        "share_of_wallet": st.none() | st.floats(0, 1),
        "stage_index": st.none() | st.floats(0, 100),
        "quality_index": st.none() | st.floats(0, 100),
        "tenure_years": st.none() | st.floats(0, 30),
    }
)


def test_worked_figures():
    status = relationship_status(**WORKED)

    assert status.index == pytest.approx(51.5)
    assert [part.contribution for part in status.parts] == pytest.approx([15, 10, 10, 10.5, 6])
    assert not status.provisional


def test_unknown_part_is_left_out():
    status = relationship_status(**(WORKED | {"share_of_wallet": None}))

    assert status.index == pytest.approx(41.5 / 0.75)
    assert status.coverage == pytest.approx(0.75)
    assert not status.provisional
    assert status.parts[1].contribution is None


def test_less_than_70_percent_known_is_provisional():
    assert relationship_status(**(WORKED | {"share_of_wallet": None, "tenure_years": None})).provisional


def test_nothing_known_is_undefined_not_zero():
    status = relationship_status(**dict.fromkeys(WORKED))

    assert (status.index, status.coverage, status.provisional) == (None, 0, True)


def test_long_tenure_and_more_than_the_whole_wallet_count_as_100():
    status = relationship_status(**(WORKED | {"share_of_wallet": 1.3, "tenure_years": 25}))

    assert {part.part: part.value for part in status.parts}[StatusPart.TENURE] == 100
    assert {part.part: part.value for part in status.parts}[StatusPart.SHARE_OF_WALLET] == 100


@pytest.mark.parametrize(
    ("attractiveness", "status", "strategy"),
    [
        (70, 70, CellStrategy.PARTNER),
        (85, 69.9, CellStrategy.INVEST),
        (85, 39.9, CellStrategy.BREAK_IN),
        (65, 80, CellStrategy.CROSS_SELL),
        (65, 51.5, CellStrategy.SELECTIVE),
        (40, 0, CellStrategy.TEST),
        (39.9, 70, CellStrategy.HARVEST),
        (10, 40, CellStrategy.CASH),
        (0, 0, CellStrategy.EXIT),
    ],
)
def test_nine_cells(attractiveness, status, strategy):
    assert cell_of(attractiveness, status).strategy is strategy


def test_every_cell_has_its_own_strategy():
    assert set(STRATEGIES) == {(one, two) for one in Band for two in Band}
    assert len(set(STRATEGIES.values())) == 9


@pytest.mark.parametrize(("attractiveness", "status"), [(None, 50), (50, None)])
def test_no_cell_without_both_figures(attractiveness, status):
    assert cell_of(attractiveness, status) is None


def test_trail_shows_the_move():
    moved = trail((65.0, 35.0), (68.0, 45.0))

    assert (moved.attractiveness, moved.status, moved.changed) == (3, 10, True)
    assert trail((65, 45), (66, 46)).changed is False


def test_trail_from_nowhere_is_undefined():
    moved = trail((None, 35), (68, 45))

    assert (moved.attractiveness, moved.status, moved.changed) == (None, 10, None)


@given(parts)
def test_contributions_add_up_to_the_index(values):
    status = relationship_status(**values)

    assert sum(part.contribution or 0 for part in status.parts) == pytest.approx(status.index or 0)


@given(parts, st.sampled_from([0.01, 7, 1000]))
def test_only_the_proportions_of_the_weights_count(values, scale):
    scaled = {part: weight * scale for part, weight in STATUS_WEIGHTS.items()}

    plain, found = relationship_status(**values), relationship_status(**values, weights=scaled)

    assert found.index == (None if plain.index is None else pytest.approx(plain.index))
    assert found.provisional == plain.provisional


@given(parts, st.sampled_from(sorted(WORKED)))
def test_a_better_part_never_lowers_the_status(values, part):
    full = {"share_of_wallet": 1.0, "tenure_years": 10.0}.get(part, 100.0)

    before = relationship_status(**(values | {part: 0.0}))
    after = relationship_status(**(values | {part: full}))

    assert after.index >= before.index - 1e-9
