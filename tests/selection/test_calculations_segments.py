"""Is this a segment (M09)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.segments import (
    MicroSegment,
    SegmentReason,
    buying_reasons_check,
    clusters,
    difference,
    in_several_segments,
    segment_acceptance,
)

PRICE = MicroSegment("price", {"price": 70, "delivery": 30}, size=300)
VALUE = MicroSegment("value", {"price": 60, "delivery": 40}, size=100)
EXPERT = MicroSegment("expert", {"technology": 60, "delivery": 40}, size=50)

points = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 100), min_size=1)


def accepted(**answers: bool | None):
    return segment_acceptance(
        **({"big_enough": True, "different": True, "reachable": True, "workable": True} | answers)
    )


def test_segment_that_passes_all_four_tests_is_accepted():
    assert accepted().accepted is True


def test_one_failed_test_rejects():
    found = accepted(reachable=False, workable=None)

    assert found.accepted is False
    assert [(one.code, one.subject) for one in found.reasons] == [
        (SegmentReason.FAILED, "reachable"),
        (SegmentReason.UNDECIDED, "workable"),
    ]


def test_undecided_test_leaves_the_verdict_open():
    assert accepted(different=None).accepted is None


def test_points_on_buying_reasons_total_100():
    assert buying_reasons_check(PRICE) == ()
    assert buying_reasons_check(MicroSegment("x", {"price": 90}))[0].figure("total") == 90


def test_difference_is_the_points_that_would_have_to_move():
    assert difference(PRICE, VALUE) == pytest.approx(10)
    assert difference(PRICE, EXPERT) == pytest.approx(70)
    assert difference(PRICE, MicroSegment("double", {"price": 140, "delivery": 60})) == pytest.approx(0)


def test_difference_to_nothing_is_undefined():
    assert difference(PRICE, MicroSegment("empty", {})) is None


def test_micro_segments_with_the_same_reasons_join_and_are_averaged_by_size():
    found = clusters([PRICE, EXPERT, VALUE])

    assert [one.members for one in found] == [("price", "value"), ("expert",)]
    assert found[0].buying_reasons == (("price", 68), ("delivery", 32))
    assert found[0].widest_difference == pytest.approx(10)


def test_a_chain_of_neighbours_does_not_join_its_ends():
    chain = [MicroSegment(str(price), {"price": price, "service": 100 - price}) for price in (20, 35, 50)]

    assert [one.members for one in clusters(chain)] == [("20", "35"), ("50",)]


def test_micro_segment_without_reasons_stays_alone():
    assert [one.members for one in clusters([PRICE, MicroSegment("empty", {})])] == [("price",), ("empty",)]
    assert clusters([]) == ()


def test_micro_segment_named_twice_is_refused():
    with pytest.raises(ValueError, match="once"):
        clusters([PRICE, PRICE])


def test_customer_is_key_in_one_segment_only():
    found = in_several_segments([("north", "food"), ("north", "retail"), ("south", "food"), ("north", "food")])

    assert found == {"north": ("food", "retail")}


@given(points, points)
def test_difference_is_mutual_and_between_0_and_100(first, second):
    one, two = MicroSegment("one", first), MicroSegment("two", second)

    assert difference(one, two) == pytest.approx(difference(two, one))
    assert -1e-9 <= difference(one, two) <= 100 + 1e-9
    assert difference(one, one) == 0


@given(points, points, st.sampled_from([2, 50]))
def test_only_the_proportions_of_the_points_count(first, second, scale):
    scaled = MicroSegment("one", {key: value * scale for key, value in first.items()})
    two = MicroSegment("two", second)

    assert difference(scaled, two) == pytest.approx(difference(MicroSegment("one", first), two))
