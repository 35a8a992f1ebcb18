"""How good a relationship is, asked of both sides (M35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.samples import mean

LOWEST_ANSWER = 1
HIGHEST_ANSWER = 7
FEWEST_RESPONDENTS = 3


class Dimension(StrEnum):
    """What makes up the quality of a relationship; the first three are its core."""

    TRUST = "trust"
    COMMITMENT = "commitment"
    SATISFACTION = "satisfaction"
    COOPERATION = "cooperation"
    CONFLICT = "conflict"


CORE = (Dimension.TRUST, Dimension.COMMITMENT, Dimension.SATISFACTION)

Answers = Mapping[Dimension, Sequence[int | None]]
"""One respondent's answers of 1-7, two or three a dimension; None where one was left open."""


@dataclass(frozen=True, slots=True)
class RelationshipQuality:
    """The quality that one side sees.

    ``dimensions`` are means of 1-7, conflict turned round (7 = none), None where nobody answered. ``score`` is the mean
    of the dimensions * 100 / 7 and runs from 14.3 to 100; ``index`` spreads the same mean over 0-100. Both are None
    where a core dimension has no answer. ``indicative`` says that fewer than three answered.
    """

    dimensions: tuple[tuple[Dimension, float | None], ...]
    score: float | None
    index: float | None
    respondents: int
    indicative: bool


@dataclass(frozen=True, slots=True)
class QualityGap:
    """Our view less the customer's, positive where we see it rosier; None where one is missing."""

    score: float | None
    dimensions: tuple[tuple[Dimension, float | None], ...]
    indicative: bool


def relationship_quality(responses: Sequence[Answers]) -> RelationshipQuality:
    """Averages answers by respondent, then over respondents, then over dimensions (M35).

    Each respondent counts once, however many items he or she answered. Cooperation and conflict count where they were
    asked. Raises ValueError for an answer outside 1-7.
    """
    voices = [_voice(answers) for answers in responses]
    voices = [voice for voice in voices if voice]
    dimensions = tuple(
        (dimension, mean([voice[dimension] for voice in voices if dimension in voice])) for dimension in Dimension
    )
    known = [value for _, value in dimensions if value is not None]
    by_name = dict(dimensions)
    overall = mean(known) if all(by_name[dimension] is not None for dimension in CORE) else None
    return RelationshipQuality(
        dimensions=dimensions,
        score=None if overall is None else overall * 100 / HIGHEST_ANSWER,
        index=None if overall is None else (overall - LOWEST_ANSWER) / (HIGHEST_ANSWER - LOWEST_ANSWER) * 100,
        respondents=len(voices),
        indicative=len(voices) < FEWEST_RESPONDENTS,
    )


def quality_gap(ours: RelationshipQuality, theirs: RelationshipQuality) -> QualityGap:
    """Compares our view of the relationship with the customer's (M35)."""
    their_dimensions = dict(theirs.dimensions)
    return QualityGap(
        score=_minus(ours.score, theirs.score),
        dimensions=tuple(
            (dimension, _minus(value, their_dimensions[dimension])) for dimension, value in ours.dimensions
        ),
        indicative=ours.indicative or theirs.indicative,
    )


def _voice(answers: Answers) -> dict[Dimension, float]:
    voice: dict[Dimension, float] = {}
    for dimension, items in answers.items():
        known = [answer for answer in items if answer is not None]
        if any(not LOWEST_ANSWER <= answer <= HIGHEST_ANSWER for answer in known):
            raise ValueError("an answer lies between 1 and 7")
        average = mean(known)
        if average is not None:
            turned = LOWEST_ANSWER + HIGHEST_ANSWER - average
            voice[dimension] = turned if dimension is Dimension.CONFLICT else average
    return voice


def _minus(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or theirs is None else ours - theirs
