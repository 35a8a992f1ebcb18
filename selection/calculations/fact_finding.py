"""What to find out before a customer can stand on the matrix (M03, unknown territory)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from selection.calculations.relative_strength import RelativeStrength
from selection.calculations.supplier_remarks import StrengthReason

MOST_FACTORS = 5


class Gap(StrEnum):
    """What is not known."""

    FACTORS = "factors"
    ALTERNATIVE = "alternative"
    WITHOUT_US = "without_us"
    FACTOR = "factor"
    CONFIRMATION = "confirmation"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One thing to find out; ``factor`` is the key of the factor it is about, empty where it is about the whole."""

    gap: Gap
    factor: str = ""


def open_questions(found: RelativeStrength, *, has_factors: bool, most: int = MOST_FACTORS) -> tuple[OpenQuestion, ...]:
    """Lists what to find out, the gravest first: factors, alternatives, single factors, confirmation, news (M03).

    Without any factor there is one question only: what the customer judges its suppliers by. At most ``most`` factors
    are asked for at once, the heaviest first. Empty where nothing is open.
    """
    if not has_factors:
        return (OpenQuestion(Gap.FACTORS),)
    codes = {reason.code for reason in found.reasons}
    questions = []
    if StrengthReason.NO_ALTERNATIVE in codes:
        questions.append(OpenQuestion(Gap.ALTERNATIVE))
    if StrengthReason.SOLE_SOURCE in codes:
        questions.append(OpenQuestion(Gap.WITHOUT_US))
    weights = {part.key: part.weight for part in found.us.factors}
    heaviest = sorted(found.unknown_factors, key=lambda key: -weights.get(key, 0.0))
    if found.alternatives or StrengthReason.US_UNSCORED in codes:
        questions += [OpenQuestion(Gap.FACTOR, key) for key in heaviest[:most]]
    if StrengthReason.HOLLOW in codes:
        questions.append(OpenQuestion(Gap.CONFIRMATION))
    if StrengthReason.STALE in codes:
        questions.append(OpenQuestion(Gap.NEWS))
    return tuple(questions)
