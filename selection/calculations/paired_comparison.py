"""Weights from comparing factors two by two, and how consistent the comparisons are (M02 weights)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from selection.calculations.figures import exceeds, ratio
from selection.calculations.weights import points_of_100

MOST_FACTORS = 10
MOST_TIMES = 9.0
ACCEPTED_RATIO = 0.10
RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
"""Mean consistency index of random judgements, by number of factors (Saaty 1980)."""

Matrix = list[list[float]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The first factor is so many times as important as the second: 1/9 to 9, 1 for equally."""

    first: str
    second: str
    times: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The judgement that fits the others least, and what they would make of it."""

    judgement: Judgement
    implied_times: float


@dataclass(frozen=True, slots=True)
class PairedWeights:
    """Weights out of paired comparisons.

    ``shares`` (0-1, in the order of the factors) and ``points`` (whole, total 100) come from the principal
    eigenvector; ``wins`` is the cross-check: wins over comparisons, a tie counting half. All three are None while
    pairs are missing. ``consistency_ratio`` is also None for one or two factors, which cannot contradict each other.
    ``circles`` are triples in which each factor beats the next.
    """

    shares: tuple[tuple[str, float], ...] | None
    points: dict[str, int] | None
    wins: tuple[tuple[str, float], ...] | None
    consistency_ratio: float | None
    consistent: bool | None
    worst: Contradiction | None
    circles: tuple[tuple[str, str, str], ...]
    missing: tuple[tuple[str, str], ...]


def paired_weights(
    factors: Sequence[str], judgements: Sequence[Judgement], *, accepted_ratio: float = ACCEPTED_RATIO
) -> PairedWeights:
    """Derives weights from pairwise judgements and says whether they agree with each other.

    A consistency ratio above ``accepted_ratio`` means: look at ``worst`` and ``circles`` again. Raises ValueError for
    no factor, more than ten, one named twice, a judgement off the scale, on an unknown factor or given twice.
    """
    times = _times_by_pair(factors, judgements)
    missing = tuple(pair for pair in combinations(factors, 2) if pair not in times)
    matrix = [[1.0 if row == column else times.get((row, column), 0.0) for column in factors] for row in factors]
    circles = _circles(factors, times)
    if missing:
        return PairedWeights(None, None, None, None, None, None, circles, missing)
    vector, eigenvalue = _principal(matrix)
    consistency = _consistency_ratio(len(factors), eigenvalue)
    shares = tuple(zip(factors, vector, strict=True))
    return PairedWeights(
        shares=shares,
        points=points_of_100(dict(shares)),
        wins=_wins(factors, matrix),
        consistency_ratio=consistency,
        consistent=consistency is None or not exceeds(consistency, accepted_ratio),
        worst=_worst(factors, judgements, matrix),
        circles=circles,
        missing=(),
    )


def _times_by_pair(factors: Sequence[str], judgements: Sequence[Judgement]) -> dict[tuple[str, str], float]:
    if not 1 <= len(factors) <= MOST_FACTORS or len(set(factors)) != len(factors):
        raise ValueError(f"compare one to {MOST_FACTORS} factors, each named once")
    times: dict[tuple[str, str], float] = {}
    for judgement in judgements:
        pair = (judgement.first, judgement.second)
        if judgement.first == judgement.second or not set(pair) <= set(factors):
            raise ValueError(f"{judgement.first} and {judgement.second} are not two factors of the set")
        if not 1 / MOST_TIMES - 1e-9 <= judgement.times <= MOST_TIMES:
            raise ValueError(f"a factor is 1/9 to 9 times as important as another, not {judgement.times}")
        if pair in times:
            raise ValueError(f"{judgement.first} and {judgement.second} are compared twice")
        times[pair] = judgement.times
        times[pair[::-1]] = 1 / judgement.times
    return times


def _principal(matrix: Matrix) -> tuple[list[float], float]:
    """Finds the principal eigenvector (sum 1) and eigenvalue by power iteration; a positive matrix has one."""
    size = len(matrix)
    vector = [1 / size] * size
    for _ in range(1000):
        product = [math.fsum(cell * share for cell, share in zip(row, vector, strict=True)) for row in matrix]
        total = math.fsum(product)
        following = [value / total for value in product]
        moved = max(abs(new - old) for new, old in zip(following, vector, strict=True))
        vector = following
        if moved < 1e-15:
            break
    product = [math.fsum(cell * share for cell, share in zip(row, vector, strict=True)) for row in matrix]
    return vector, math.fsum(value / share for value, share in zip(product, vector, strict=True)) / size


def _consistency_ratio(size: int, eigenvalue: float) -> float | None:
    if size not in RANDOM_INDEX:
        return None
    # Rounding can put the eigenvalue of perfectly consistent judgements a hair below their number.
    return max(0.0, (eigenvalue - size) / (size - 1)) / RANDOM_INDEX[size]


def _wins(factors: Sequence[str], matrix: Matrix) -> tuple[tuple[str, float], ...] | None:
    pairs = len(factors) * (len(factors) - 1) // 2

    def won(place: int) -> float:
        others = (times for column, times in enumerate(matrix[place]) if column != place)
        return math.fsum(1.0 if times > 1 else 0.5 if times == 1 else 0.0 for times in others)

    if not pairs:
        return None
    return tuple((factor, ratio(won(place), pairs) or 0.0) for place, factor in enumerate(factors))


def _circles(factors: Sequence[str], times: dict[tuple[str, str], float]) -> tuple[tuple[str, str, str], ...]:
    def beats(first: str, second: str) -> bool:
        return times.get((first, second), 1.0) > 1

    def circle(one: str, two: str, three: str) -> tuple[str, str, str] | None:
        if beats(one, two) and beats(two, three) and beats(three, one):
            return one, two, three
        if beats(one, three) and beats(three, two) and beats(two, one):
            return one, three, two
        return None

    return tuple(found for triple in combinations(factors, 3) if (found := circle(*triple)))


def _worst(factors: Sequence[str], judgements: Sequence[Judgement], matrix: Matrix) -> Contradiction | None:
    """Names the judgement furthest, as a multiple, from what the others imply; None where all fit.

    The others imply the geometric mean of the ways round: over a third factor, first to third times third to second.
    """
    places = {factor: place for place, factor in enumerate(factors)}
    others = len(factors) - 2
    if others < 1:
        return None

    def contradiction(judgement: Judgement) -> Contradiction:
        first, second = places[judgement.first], places[judgement.second]
        ways = (
            math.log(matrix[first][third] * matrix[third][second])
            for third in range(len(factors))
            if third not in (first, second)
        )
        return Contradiction(judgement=judgement, implied_times=math.exp(math.fsum(ways) / others))

    def distance(found: Contradiction) -> float:
        return abs(math.log(found.judgement.times / found.implied_times))

    furthest = max(map(contradiction, judgements), key=distance)
    return furthest if exceeds(distance(furthest), 0) else None
