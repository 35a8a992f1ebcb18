"""Is this a segment, and do two micro-segments buy for the same reasons (M09)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import reaches
from selection.calculations.weights import FULL_POINTS, points_of_100, weight_check

DIFFERENT_FROM = 20.0


class SegmentTest(StrEnum):
    """What a segment must be."""

    BIG_ENOUGH = "big_enough"
    DIFFERENT = "different"
    REACHABLE = "reachable"
    WORKABLE = "workable"


class SegmentReason(StrEnum):
    """Why a segment is not accepted, or not yet."""

    FAILED = "test_failed"
    UNDECIDED = "test_undecided"
    REASONS_NOT_100 = "buying_reasons_not_100"


@dataclass(frozen=True, slots=True)
class MicroSegment:
    """A group that buys alike: why it buys, as points on the critical purchase influences (total 100), and its size."""

    key: str
    buying_reasons: Mapping[str, float]
    size: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentAcceptance:
    """The verdict on a segment; ``accepted`` is None while a test is undecided and none has failed."""

    accepted: bool | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SegmentCluster:
    """Micro-segments that buy for the same reasons, with their reasons averaged by size; points total 100."""

    members: tuple[str, ...]
    buying_reasons: tuple[tuple[str, int], ...]
    widest_difference: float


def segment_acceptance(
    *, big_enough: bool | None, different: bool | None, reachable: bool | None, workable: bool | None
) -> SegmentAcceptance:
    """Accepts a segment only if it is big enough, different, reachable and workable for us (M09)."""
    answers = {
        SegmentTest.BIG_ENOUGH: big_enough,
        SegmentTest.DIFFERENT: different,
        SegmentTest.REACHABLE: reachable,
        SegmentTest.WORKABLE: workable,
    }
    reasons = tuple(
        reason(SegmentReason.UNDECIDED if answer is None else SegmentReason.FAILED, test)
        for test, answer in answers.items()
        if not answer
    )
    if any(answer is False for answer in answers.values()):
        return SegmentAcceptance(accepted=False, reasons=reasons)
    return SegmentAcceptance(accepted=None if reasons else True, reasons=reasons)


def buying_reasons_check(segment: MicroSegment) -> tuple[Reason, ...]:
    """Checks that the points on the critical purchase influences total 100 (M09)."""
    check = weight_check(segment.buying_reasons)
    return () if check.complete else (reason(SegmentReason.REASONS_NOT_100, segment.key, total=check.total),)


def difference(first: MicroSegment, second: MicroSegment) -> float | None:
    """Says how differently two micro-segments buy: the points of 100 that would have to move, 0-100.

    Half the sum of the absolute differences of their points, each set brought to 100 first. None where a set is empty.
    """
    total_first, total_second = sum(first.buying_reasons.values()), sum(second.buying_reasons.values())
    if not total_first or not total_second:
        return None
    reasons = first.buying_reasons.keys() | second.buying_reasons.keys()
    return (
        math.fsum(
            abs(first.buying_reasons.get(one, 0) / total_first - second.buying_reasons.get(one, 0) / total_second)
            for one in reasons
        )
        / 2
        * FULL_POINTS
    )


def clusters(segments: Sequence[MicroSegment], *, different_from: float = DIFFERENT_FROM) -> tuple[SegmentCluster, ...]:
    """Joins micro-segments that buy for the same reasons (M09).

    No two in a cluster differ by ``different_from`` points or more. The two nearest clusters join first, measured by
    their most different members. One without buying reasons stays alone. Raises ValueError for a micro-segment named
    twice.
    """
    if len({segment.key for segment in segments}) != len(segments):
        raise ValueError("a micro-segment is named once")
    apart = {frozenset({one.key, two.key}): difference(one, two) for one, two in combinations(segments, 2)}
    groups = [[segment] for segment in segments]
    while (nearest := _nearest(groups, apart, different_from)) is not None:
        first, second = nearest
        groups[first].extend(groups.pop(second))
    return tuple(_cluster(group, apart) for group in groups)


def in_several_segments(key_in: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Names every customer that is key in more than one segment, with those segments: it may be so in one (M09).

    ``key_in`` are pairs of customer and segment.
    """
    by_customer: dict[str, list[str]] = {}
    for customer, segment in key_in:
        found = by_customer.setdefault(customer, [])
        if segment not in found:
            found.append(segment)
    return {customer: tuple(found) for customer, found in by_customer.items() if len(found) > 1}


Apart = Mapping[frozenset[str], float | None]


def _widest(members: Sequence[MicroSegment], apart: Apart) -> float | None:
    found = [apart[frozenset({one.key, two.key})] for one, two in combinations(members, 2)]
    known = [distance for distance in found if distance is not None]
    return max(known, default=0.0) if len(known) == len(found) else None


def _nearest(groups: Sequence[list[MicroSegment]], apart: Apart, different_from: float) -> tuple[int, int] | None:
    joins = [
        (widest, first, second)
        for first, second in combinations(range(len(groups)), 2)
        if (widest := _widest(groups[first] + groups[second], apart)) is not None
    ]
    best = min(joins, default=None)
    return None if best is None or reaches(best[0], different_from) else (best[1], best[2])


def _cluster(group: Sequence[MicroSegment], apart: Apart) -> SegmentCluster:
    sized = all(segment.size for segment in group)
    points: dict[str, float] = {}
    for segment in group:
        total = sum(segment.buying_reasons.values())
        weight = segment.size if sized and segment.size else 1.0
        for one, value in segment.buying_reasons.items():
            points[one] = points.get(one, 0.0) + (weight * value / total if total else 0.0)
    return SegmentCluster(
        members=tuple(segment.key for segment in group),
        buying_reasons=tuple((points_of_100(points) or {}).items()),
        widest_difference=_widest(group, apart) or 0.0,
    )
