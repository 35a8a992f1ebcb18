"""Why a decision has to be looked at again, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from selection.selectors.reviews import ReviewReason

REVIEW_REASONS: Final[Mapping[ReviewReason, Any]] = {
    ReviewReason.ATTRACTIVENESS_MOVED: _("Attractiveness moved"),
    ReviewReason.STRENGTH_MOVED: _("Lead moved"),
    ReviewReason.STRENGTH_LOST: _("Relative strength no longer known"),
    ReviewReason.QUADRANT_CHANGED: _("Another quadrant"),
    ReviewReason.ARRIVED: _("Development has arrived"),
    ReviewReason.STALLED: _("Development stalled"),
    ReviewReason.OVERRIDE_EXPIRED: _("Exception has run out"),
    ReviewReason.OVERRIDE_NEAR: _("Exception runs out soon"),
    ReviewReason.RHYTHM: _("Decided more than a year ago"),
}


def review_words(codes: Iterable[str]) -> list[str]:
    """The reasons of a row in words, in their order."""
    return [str(REVIEW_REASONS[ReviewReason(code)]) for code in codes]
