"""Which customers are worth wanting: rank, band and the cut between high and low attractiveness (M02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.bands import DEFAULT_EDGES, Band, BandEdges, index_band
from selection.calculations.figures import reaches
from selection.calculations.samples import SMALLEST_FOR_MEDIAN, median, ranks
from selection.calculations.scoring import ScoreResult

MIDDLE_OF_SCALE = 5.5


class CutBasis(StrEnum):
    """What a cut rests on."""

    MEDIAN = "median"
    MIDDLE_OF_SCALE = "middle_of_scale"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class AxisCut:
    """Where high begins on the attractiveness axis, what that rests on, and how many candidates there were."""

    value: float
    basis: CutBasis
    candidates: int


@dataclass(frozen=True, slots=True)
class RankedAccount:
    """One candidate's place; rank, band and ``high`` are None where its score may not classify it."""

    key: str
    score: float | None
    index: float | None
    rank: int | None
    band: Band | None
    high: bool | None


@dataclass(frozen=True, slots=True)
class AttractivenessRanking:
    """All candidates of a segment, best first and the unclassified last, with the cut that parts them."""

    cut: AxisCut
    accounts: tuple[RankedAccount, ...]


@dataclass(frozen=True, slots=True)
class NearCut:
    """The candidates next to the cut, nearest first: the ones whose side is most worth a challenge."""

    above: tuple[RankedAccount, ...]
    below: tuple[RankedAccount, ...]


def axis_cut(scores: Sequence[float], *, given: float | None = None, smallest: int = SMALLEST_FOR_MEDIAN) -> AxisCut:
    """Finds where high attractiveness begins: the median of at least eight candidates, else 5.5 (M02).

    ``given`` is a cut set by hand and goes before both.
    """
    if given is not None:
        return AxisCut(value=given, basis=CutBasis.GIVEN, candidates=len(scores))
    middle = median(scores, smallest=smallest)
    if middle is None:
        return AxisCut(value=MIDDLE_OF_SCALE, basis=CutBasis.MIDDLE_OF_SCALE, candidates=len(scores))
    return AxisCut(value=middle, basis=CutBasis.MEDIAN, candidates=len(scores))


def attractiveness_ranking(
    results: Mapping[str, ScoreResult], *, given_cut: float | None = None, edges: BandEdges = DEFAULT_EDGES
) -> AttractivenessRanking:
    """Ranks the candidates of one segment by their attractiveness and parts high from low (M02).

    ``results`` maps account keys to scores on the same factor set. Provisional and knocked-out accounts neither
    count for the median nor get a rank. A score at the cut is high. Equal scores share a rank and keep the order given.
    """
    deciding = {key: result.score for key, result in results.items() if result.classifiable}
    cut = axis_cut([score for score in deciding.values() if score is not None], given=given_cut)
    places = ranks([deciding.get(key) for key in results])

    def account(key: str, result: ScoreResult, place: int | None) -> RankedAccount:
        classified = place is not None and result.score is not None
        return RankedAccount(
            key=key,
            score=result.score,
            index=result.index,
            rank=place,
            band=index_band(result.index, edges) if classified else None,
            high=reaches(result.score, cut.value) if classified and result.score is not None else None,
        )

    accounts = [account(key, result, place) for (key, result), place in zip(results.items(), places, strict=True)]
    accounts.sort(key=lambda account: (account.rank is None, account.rank or 0))
    return AttractivenessRanking(cut=cut, accounts=tuple(accounts))


def near_the_cut(ranking: AttractivenessRanking, *, count: int = 3) -> NearCut:
    """Names the ``count`` candidates just above the cut and just below it, for the challenge session."""
    above = [account for account in ranking.accounts if account.high]
    below = [account for account in ranking.accounts if account.high is False]
    return NearCut(above=tuple(reversed(above[-count:])) if count else (), below=tuple(below[:count]))
