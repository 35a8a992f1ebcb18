"""Who needs whose days, and who goes first (M17)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.load import LoadLevel
from selection.calculations.quadrants import Quadrant
from selection.calculations.resources import (
    Demand,
    Promise,
    PromiseReason,
    capacity_days,
    conflict_queue,
    load_chart,
    promise_check,
)

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
DEMANDS = [
    Demand("shop", "technical", date(2026, 3, 9), 4, Quadrant.OPPORTUNISTIC, Decimal(90_000)),
    Demand("east", "technical", date(2026, 3, 20), 5, Quadrant.MAINTENANCE, Decimal(30_000)),
    Demand("north", "technical", date(2026, 3, 2), 8, Quadrant.KEY, Decimal(50_000)),
    Demand("south", "technical", date(2026, 3, 31), 6, Quadrant.KEY, Decimal(70_000)),
    Demand("west", "technical", MARCH, 1, Quadrant.KEY, None),
    Demand("new", "technical", MARCH, 1),
    Demand("north", "technical", APRIL, 9),
]
CAPACITY = {("technical", MARCH): 18.0, ("technical", APRIL): 10.0, ("finance", MARCH): 5.0}


def test_capacity_is_heads_times_net_days():
    assert capacity_days(heads=1.5, net_days=12) == 18


def test_negative_heads_are_refused():
    with pytest.raises(ValueError, match="never negative"):
        capacity_days(heads=-1, net_days=12)


def test_chart_adds_up_by_function_and_month():
    chart = load_chart(DEMANDS, CAPACITY)

    assert [(cell.month, cell.load.function, cell.load.demand_days, cell.load.level) for cell in chart] == [
        (MARCH, "finance", 0, LoadLevel.GREEN),
        (MARCH, "technical", 25, LoadLevel.RED),
        (APRIL, "technical", 9, LoadLevel.AMBER),
    ]
    assert chart[1].load.load == pytest.approx(25 / 18)


def test_month_without_capacity_is_red():
    cell = load_chart(DEMANDS[:1], {})[0]

    assert (cell.load.load, cell.load.level) == (None, LoadLevel.RED)


def test_queue_goes_by_quadrant_then_by_contribution_at_stake():
    queue = conflict_queue(DEMANDS, load_chart(DEMANDS, CAPACITY)[1])

    assert [(one.demand.account, one.place, one.served_days, one.unserved_days) for one in queue] == [
        ("south", 1, 6, 0),
        ("north", 2, 8, 0),
        ("west", 3, 1, 0),
        ("east", 4, 3, 2),
        ("shop", 5, 0, 4),
        ("new", 6, 0, 1),
    ]


def test_no_queue_where_there_is_no_conflict():
    assert conflict_queue(DEMANDS, load_chart(DEMANDS, CAPACITY)[2]) == ()


def test_promise_has_an_owner_and_a_service_level():
    found = promise_check(
        [Promise("sample", "li", "5 days"), Promise("drawing", None, "2 days"), Promise("visit", "", None)]
    )

    assert [(one.code, one.subject) for one in found] == [
        (PromiseReason.NO_OWNER, "drawing"),
        (PromiseReason.NO_OWNER, "visit"),
        (PromiseReason.NO_SERVICE_LEVEL, "visit"),
    ]


@given(st.lists(st.tuples(st.floats(0, 50), st.none() | st.sampled_from(list(Quadrant))), min_size=1, max_size=10))
def test_days_handed_out_are_the_days_there_are(rows):
    demands = [Demand(str(place), "sales", MARCH, days, quadrant) for place, (days, quadrant) in enumerate(rows)]
    cell = load_chart(demands, {("sales", MARCH): 20.0})[0]

    queue = conflict_queue(demands, cell)

    asked = sum(days for days, _ in rows)
    assert sum(one.served_days for one in queue) == pytest.approx(20 if asked > 20 + 1e-6 else 0, abs=1e-5)
    assert sum(one.served_days + one.unserved_days for one in queue) == pytest.approx(asked if queue else 0)
