"""Scales as they are stored, turned into the calculations' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError
from selection.calculations.scales import Bands, Curve


@dataclass(frozen=True, slots=True)
class Place:
    """A customer's place among the others decides the score."""

    more_is_better: bool = True


def scale_of(stored: Mapping[str, Any]) -> Place | Curve | Bands:
    """The scale in a factor's `scale`. Raises DomainError for one that cannot be read."""
    try:
        match stored.get("kind"):
            case "place":
                return Place(more_is_better=bool(stored.get("more_is_better", True)))
            case "curve":
                return Curve(points=tuple((float(at), float(score)) for at, score in stored["points"]))
            case "bands":
                steps = tuple((float(edge), float(score)) for edge, score in stored["steps"])
                return Bands(below=float(stored["below"]), steps=steps)
    except (KeyError, TypeError, ValueError) as error:
        raise DomainError(_("This scale cannot be read: %(why)s.") % {"why": error}, field="factors") from None
    raise DomainError(_("Choose how the figure becomes a score: place, curve or bands."), field="factors")
