"""What ties a customer to us (M11)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.bonds import (
    LEVEL_OF_BOND,
    BondKind,
    BondLevel,
    BondReason,
    LockedIn,
    SwitchingItem,
    bond_status,
    switching_cost,
)

WORKED = {
    BondKind.PERSONAL: 4,
    BondKind.COMMERCIAL_TERMS: 3,
    BondKind.CONTRACT: 2,
    BondKind.TECHNICAL: 2,
    BondKind.DATA: 2,
    BondKind.LOGISTICS: 3,
    BondKind.KNOWLEDGE: 1,
    BondKind.PLANNING: 2,
    BondKind.BRAND: 0,
    BondKind.GEOGRAPHIC: 2,
    BondKind.STRATEGIC: 1,
}

bond_scores = st.dictionaries(st.sampled_from(list(BondKind)), st.integers(0, 4), min_size=1)


def codes(status) -> list[tuple[BondReason, str]]:
    return [(found.code, found.subject) for found in status.reasons]


def test_worked_figures():
    status = bond_status(WORKED)

    assert status.index == pytest.approx(50)
    assert status.index_in_place == pytest.approx(100 * 20 / 44)
    assert status.structural_share == pytest.approx(10 / 22)
    assert dict(status.levels)[BondLevel.SOCIAL] == pytest.approx(50)
    assert not status.key_person_risk
    assert codes(status) == [(BondReason.ONLY_WANTED, "knowledge"), (BondReason.ONLY_WANTED, "strategic")]


def test_weights_count():
    status = bond_status({BondKind.PERSONAL: 4, BondKind.DATA: 0}, weights={BondKind.PERSONAL: 1, BondKind.DATA: 3})

    assert status.index == pytest.approx(25)
    assert status.coverage == 1


def test_friends_without_structure_are_a_key_person_risk():
    status = bond_status(dict.fromkeys(BondKind, 0) | {BondKind.PERSONAL: 4, BondKind.BRAND: 2, BondKind.DATA: 1})

    assert status.structural_share == pytest.approx(1 / 7)
    assert status.key_person_risk
    assert (BondReason.KEY_PERSON_RISK, "") in codes(status)


def test_no_bond_at_all_is_zero_with_an_undefined_structural_share():
    status = bond_status(dict.fromkeys(BondKind, 0))

    assert (status.index, status.structural_share, status.key_person_risk) == (0, None, False)


def test_nothing_assessed_is_undefined_not_zero():
    status = bond_status({})

    assert (status.index, status.index_in_place, status.structural_share) == (None, None, None)
    assert status.provisional
    assert codes(status) == [(BondReason.NOTHING_ASSESSED, "")]


def test_few_assessed_bonds_are_provisional():
    status = bond_status(dict.fromkeys(list(BondKind)[:7], 2))

    assert status.index == pytest.approx(50)
    assert status.coverage == pytest.approx(7 / 11)
    assert status.provisional
    assert codes(status)[0] == (BondReason.LOW_COVERAGE, "")


def test_every_kind_has_a_level():
    assert set(LEVEL_OF_BOND) == set(BondKind)
    assert set(LEVEL_OF_BOND.values()) == set(BondLevel)


@pytest.mark.parametrize("score", [-1, 5])
def test_score_off_the_scale_is_refused(score):
    with pytest.raises(ValueError, match="0 to 4"):
        bond_status({BondKind.PERSONAL: score})


def test_negative_weight_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        bond_status({}, weights={BondKind.PERSONAL: -1})


@given(bond_scores, st.sampled_from(list(BondKind)))
def test_a_stronger_bond_never_lowers_the_index(scores, kind):
    before = bond_status(scores | {kind: 1})
    after = bond_status(scores | {kind: 3})

    assert after.index >= before.index
    assert after.index_in_place >= before.index_in_place


@given(bond_scores, st.sampled_from([0.5, 7.0]))
def test_only_the_proportions_of_the_weights_count(scores, scale):
    plain = bond_status(scores, weights={kind: place + 1 for place, kind in enumerate(BondKind)})
    scaled = bond_status(scores, weights={kind: (place + 1) * scale for place, kind in enumerate(BondKind)})

    assert scaled.index == pytest.approx(plain.index)
    assert scaled.structural_share == (
        None if plain.structural_share is None else pytest.approx(plain.structural_share)
    )


def test_switching_cost_adds_up_six_items():
    cost = switching_cost(
        {
            SwitchingItem.REQUALIFICATION: Decimal(40_000),
            SwitchingItem.TOOLING: Decimal(25_000),
            SwitchingItem.TRAINING: Decimal(5_000),
            SwitchingItem.DATA_MIGRATION: Decimal(12_000),
            SwitchingItem.DUAL_RUNNING: Decimal(18_000),
            SwitchingItem.PENALTIES: Decimal(0),
        },
        locked_in=LockedIn.THEM,
        annual_purchases=Decimal(400_000),
    )

    assert (cost.total, cost.complete, cost.locked_in) == (100_000, True, LockedIn.THEM)
    assert cost.months_of_purchases == pytest.approx(3)


def test_missing_items_make_the_total_a_lower_bound():
    cost = switching_cost({SwitchingItem.TOOLING: Decimal(10), SwitchingItem.TRAINING: None})

    assert (cost.total, cost.complete, len(cost.missing)) == (10, False, 5)
    assert cost.months_of_purchases is None


def test_no_item_known_is_undefined():
    assert switching_cost({}, annual_purchases=Decimal(5)).total is None


def test_negative_cost_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        switching_cost({SwitchingItem.TOOLING: Decimal(-1)})
