"""The pyramid of customers (M14)."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.tiers import PYRAMID, Tier, TierCandidate, TierCuts, tier_changes, tier_pyramid

WORKED = [
    TierCandidate(f"c{place}", Decimal(amount))
    for place, amount in enumerate([500, 300, 200, 100, 50, 0, -20, -80, -150, -200], start=1)
]

contributions = st.lists(st.none() | st.integers(-(10**9), 10**9), max_size=60)


def tiers_of(pyramid) -> dict[str, Tier | None]:
    return {place.key: place.tier for place in pyramid.places}


def pyramid_of(*amounts: int | None):
    return tier_pyramid([TierCandidate(str(place), amount) for place, amount in enumerate(amounts)])


def test_worked_figures_of_ten_customers():
    pyramid = tier_pyramid(WORKED)

    assert [place.tier for place in pyramid.places] == [Tier.KEY, Tier.POTENTIAL] + [Tier.REGULAR] * 4 + [
        Tier.LOSS_MAKING
    ] * 4
    assert [(share.count, share.profit, share.profit_share) for share in pyramid.shares] == [
        (1, 500, pytest.approx(0.4348, abs=1e-4)),
        (1, 300, pytest.approx(0.2609, abs=1e-4)),
        (4, 350, pytest.approx(0.3043, abs=1e-4)),
    ]
    assert pyramid.losses == -450


def test_hundred_customers_are_cut_at_5_and_20():
    pyramid = pyramid_of(*range(1000, 900, -1))

    assert [share.count for share in pyramid.shares] == [5, 15, 80]
    assert [share.count_share for share in pyramid.shares] == [0.05, 0.15, 0.80]
    assert [share.expected_profit_share for share in pyramid.shares] == [0.80, 0.15, 0.05]


def test_count_is_rounded_down():
    assert [share.count for share in pyramid_of(*range(59, 0, -1)).shares] == [2, 9, 48]
    assert [share.count for share in pyramid_of(*range(140, 0, -1)).shares] == [7, 21, 112]


@pytest.mark.parametrize(
    ("count", "expected"), [(0, [0, 0, 0]), (1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1]), (9, [1, 1, 7])]
)
def test_each_tier_has_at_least_one_while_there_are_any(count, expected):
    assert [share.count for share in pyramid_of(*range(count, 0, -1)).shares] == expected


def test_one_offs_and_unknown_customers_stand_apart_and_do_not_count():
    pyramid = tier_pyramid([TierCandidate("once", Decimal(900), one_off=True), TierCandidate("new", None), *WORKED[:3]])

    assert tiers_of(pyramid) == {
        "c1": Tier.KEY,
        "c2": Tier.POTENTIAL,
        "c3": Tier.REGULAR,
        "once": Tier.ONE_OFF,
        "new": None,
    }
    assert pyramid.unknown == ("new",)
    assert [place.rank for place in pyramid.places] == [1, 2, 3, None, None]


def test_shares_of_no_profit_are_undefined():
    pyramid = pyramid_of(0, 0)

    assert [share.profit_share for share in pyramid.shares] == [None, None, None]


def test_nobody_at_all():
    pyramid = tier_pyramid([])

    assert pyramid.places == ()
    assert [share.count_share for share in pyramid.shares] == [None, None, None]


def test_effect_is_shown_before_it_is_applied():
    before = {"c1": Tier.POTENTIAL, "c2": Tier.KEY, "c3": Tier.REGULAR, "c7": Tier.REGULAR}

    changes = {change.key: change for change in tier_changes(before, tier_pyramid(WORKED))}

    assert (changes["c1"].rises, changes["c2"].rises, changes["c7"].rises) == (True, False, None)
    assert "c3" not in changes
    assert (changes["c4"].before, changes["c4"].after) == (None, Tier.REGULAR)


@pytest.mark.parametrize(("key", "potential"), [(0.2, 0.05), (0, 0.2), (0.05, 1)])
def test_cuts_out_of_order_are_refused(key, potential):
    with pytest.raises(ValueError, match="cuts"):
        TierCuts(key=key, potential=potential)


@given(contributions)
def test_a_higher_tier_never_earns_less(amounts):
    pyramid = pyramid_of(*amounts)

    inside = [place for place in pyramid.places if place.tier in PYRAMID]
    order = [PYRAMID.index(place.tier) for place in inside]
    assert order == sorted(order)
    assert [place.contribution for place in inside] == sorted((p.contribution for p in inside), reverse=True)
    assert len(pyramid.places) == len(amounts)


@given(contributions)
def test_profit_shares_total_one(amounts):
    shares = [share.profit_share for share in pyramid_of(*amounts).shares if share.profit_share is not None]

    assert sum(shares) == pytest.approx(1) or not shares


@given(st.lists(st.integers(-1000, 1000), max_size=40, unique=True), st.randoms(), st.sampled_from([1, 7, 1000]))
def test_neither_the_order_nor_the_currency_moves_anybody(amounts, rng: random.Random, rate):
    plain = [TierCandidate(str(amount), Decimal(amount)) for amount in amounts]
    other = [TierCandidate(str(amount), Decimal(amount * rate)) for amount in rng.sample(amounts, len(amounts))]

    assert tiers_of(tier_pyramid(other)) == tiers_of(tier_pyramid(plain))
