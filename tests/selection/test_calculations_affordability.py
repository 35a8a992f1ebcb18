"""How many can we afford (M05 g)."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from selection.calculations.affordability import Candidate, affordability

CANDIDATES = [
    Candidate("east", 6.0, 1.10, (("sales", 60.0), ("technical", 10.0))),
    Candidate("north", 8.0, 1.00, (("sales", 80.0), ("technical", 40.0))),
    Candidate("south", 7.0, 0.90, (("sales", 50.0), ("technical", 30.0))),
    Candidate("west", 5.0, 1.00, (("sales", 10.0),)),
    Candidate("unknown", 9.0, None, (("sales", 10.0),)),
]

days = st.floats(min_value=0, max_value=100)
candidates = st.lists(
    st.builds(
        Candidate,
        key=st.uuids().map(str),
        attractiveness=st.none() | st.floats(min_value=1, max_value=10),
        relative_strength=st.none() | st.floats(min_value=0.1, max_value=10),
        effort=st.tuples(st.tuples(st.just("sales"), days), st.tuples(st.just("technical"), days)),
    ),
    max_size=12,
)


def test_worked_figures():
    found = affordability(CANDIDATES, {"sales": 160, "technical": 60})

    assert [(one.key, one.rank, round(one.value, 2)) for one in found.chosen] == [("north", 1, 8.0), ("east", 2, 6.6)]
    assert (found.count, found.first_left_out.key) == (2, "south")
    assert found.shortfalls == (("sales", 30), ("technical", 20))
    assert found.left == (("sales", 20), ("technical", 10))


def test_nobody_slips_in_below_the_cut_because_it_is_small():
    found = affordability(CANDIDATES, {"sales": 160, "technical": 60})

    assert [one.key for one in found.left_out] == ["south", "west"]


def test_account_without_relative_strength_is_not_ranked():
    assert affordability(CANDIDATES, {}).unranked == ("unknown",)


def test_capacity_for_all_leaves_nobody_out():
    found = affordability(CANDIDATES, {"sales": 1000, "technical": 1000})

    assert (found.count, found.first_left_out, found.shortfalls) == (4, None, ())


def test_function_without_capacity_serves_nobody_who_needs_it():
    found = affordability(CANDIDATES, {"sales": 1000})

    assert (found.count, found.first_left_out.key, found.shortfalls) == (0, "north", (("technical", 40),))


def test_nobody_to_choose_from():
    found = affordability([], {"sales": 10})

    assert (found.count, found.first_left_out, found.left) == (0, None, (("sales", 10),))


@given(candidates, days, days)
def test_the_chosen_fit_and_the_first_left_out_does_not(pool, sales, technical):
    capacity = {"sales": sales, "technical": technical}

    found = affordability(pool, capacity)

    for function, place in (("sales", 0), ("technical", 1)):
        used = sum(one.effort[place][1] for one in found.chosen)
        assert used <= capacity[function] + 1e-6
    assert found.count + len(found.left_out) + len(found.unranked) == len(pool)
    assert bool(found.first_left_out) == bool(found.shortfalls)


@given(candidates, days)
def test_more_capacity_never_affords_fewer(pool, sales):
    little = affordability(pool, {"sales": sales, "technical": 100})
    more = affordability(pool, {"sales": sales + 10, "technical": 100})

    assert more.count >= little.count
    assert [one.value for one in more.chosen] == pytest.approx(sorted((one.value for one in more.chosen), reverse=True))


@given(candidates, days, st.randoms())
def test_the_order_of_the_candidates_changes_nothing_where_values_differ(pool, sales, rng: random.Random):
    values = [
        one.attractiveness * one.relative_strength for one in pool if one.attractiveness and one.relative_strength
    ]
    assume(len({*values}) == len(values))
    capacity = {"sales": sales, "technical": 100.0}

    plain = affordability(pool, capacity)
    shuffled = affordability(rng.sample(pool, len(pool)), capacity)

    assert [one.key for one in shuffled.chosen] == [one.key for one in plain.chosen]
