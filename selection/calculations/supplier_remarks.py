"""What there is to say about a relative strength before anybody relies on it (M03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.supplier_evidence import EvidenceSummary


class AlternativeKind(StrEnum):
    """What stands against us: a named rival, the customer's own production, another technology, or doing nothing."""

    RIVAL = "rival"
    IN_HOUSE = "in_house"
    SUBSTITUTE = "substitute"
    DO_NOTHING = "do_nothing"


class StrengthReason(StrEnum):
    """What limits a relative strength."""

    NO_ALTERNATIVE = "no_alternative_named"
    SOLE_SOURCE = "sole_source_needs_substitute"
    US_UNSCORED = "us_unscored"
    ALTERNATIVES_UNSCORED = "alternatives_unscored"
    LOW_COVERAGE = "low_coverage"
    NO_RIVAL = "no_rival_among_alternatives"
    EXPECTATION = "expectation_of_a_prospect"
    HOLLOW = "mostly_guessed"
    STALE = "mostly_stale"


def remarks(
    *,
    kinds: Sequence[AlternativeKind],
    named: bool,
    sufficient: bool,
    us_scored: bool,
    sole_source: bool,
    prospect: bool,
    evidence: EvidenceSummary,
) -> Iterable[Reason]:
    """Lists what stands between this comparison and a decision, the gravest first.

    ``kinds`` are the kinds of the alternatives that could be compared; ``named`` says whether any was named at all.
    """
    if not us_scored:
        yield reason(StrengthReason.US_UNSCORED)
    if not named:
        yield reason(StrengthReason.SOLE_SOURCE if sole_source else StrengthReason.NO_ALTERNATIVE)
    elif not kinds:
        yield reason(StrengthReason.ALTERNATIVES_UNSCORED)
    elif not sufficient:
        yield reason(StrengthReason.LOW_COVERAGE, unscored=evidence.unscored_share or 0.0)
    if kinds and not sole_source and AlternativeKind.RIVAL not in kinds:
        yield reason(StrengthReason.NO_RIVAL)
    if prospect:
        yield reason(StrengthReason.EXPECTATION)
    if kinds and evidence.hollow:
        yield reason(StrengthReason.HOLLOW, confidence=evidence.confidence or 0.0)
    if kinds and evidence.stale:
        yield reason(StrengthReason.STALE, share=evidence.stale_share or 0.0)
