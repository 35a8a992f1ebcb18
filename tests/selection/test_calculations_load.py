"""Days promised against days there are (M05, M17)."""

from __future__ import annotations

import pytest

from selection.calculations.load import (
    LoadLevel,
    ManagerVerdict,
    capacity_loads,
    function_load,
    load_level,
    manager_loads,
)
from selection.calculations.quadrants import Quadrant


@pytest.mark.parametrize(
    ("load", "level"),
    [
        (0, LoadLevel.GREEN),
        (0.8499, LoadLevel.GREEN),
        (0.85, LoadLevel.AMBER),
        (1.0, LoadLevel.AMBER),
        (1.001, LoadLevel.RED),
        (None, None),
    ],
)
def test_level_of_a_load(load, level):
    assert load_level(load) is level


def test_days_asked_of_no_capacity_have_no_load_and_are_red():
    found = function_load("technical", demand_days=5, capacity_days=0)

    assert (found.load, found.level, found.missing_days) == (None, LoadLevel.RED, 5)


def test_nothing_asked_of_nothing_is_undefined():
    found = function_load("technical", demand_days=0, capacity_days=0)

    assert (found.load, found.level, found.missing_days) == (None, None, 0)


def test_negative_days_are_refused():
    with pytest.raises(ValueError, match="never negative"):
        function_load("sales", demand_days=-1, capacity_days=5)


def test_effort_adds_up_by_function():
    efforts = [(("sales", 60.0), ("technical", 20.0)), (("sales", 50.0), ("legal", 2.0))]

    loads = capacity_loads(efforts, {"sales": 100, "technical": 40, "service": 30})

    assert [(one.function, one.demand_days, one.load, one.level) for one in loads] == [
        ("sales", 110, 1.1, LoadLevel.RED),
        ("technical", 20, 0.5, LoadLevel.GREEN),
        ("service", 0, 0, LoadLevel.GREEN),
        ("legal", 2, None, LoadLevel.RED),
    ]
    assert loads[0].missing_days == 10


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (0, ManagerVerdict.NO_ACCOUNT),
        (1, ManagerVerdict.FITS),
        (4, ManagerVerdict.FITS),
        (5, ManagerVerdict.OVERLOADED),
    ],
)
def test_manager_owns_one_to_fewer_than_five(count, verdict):
    assert manager_loads({"li": [Quadrant.KEY] * count})[0].verdict is verdict


def test_development_counts_and_maintenance_does_not():
    load = manager_loads({"li": [Quadrant.KEY, Quadrant.KEY_DEVELOPMENT, Quadrant.MAINTENANCE, None]})[0]

    assert load.accounts == 2
