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


def as_typed(stored: Mapping[str, Any]) -> str:
    """A stored scale's points as they are typed, one a line: `figure: score`, and `: score` for what lies below."""
    match stored.get("kind"):
        case "curve":
            lines = [f"{at:g}: {score:g}" for at, score in stored["points"]]
        case "bands":
            lines = [f": {stored['below']:g}", *(f"{edge:g}: {score:g}" for edge, score in stored["steps"])]
        case _:
            lines = []
    return "\n".join(lines)


def from_typed(kind: str, text: str, *, more_is_better: bool = True) -> dict[str, Any]:
    """A scale to store, of its kind and the points typed. Raises DomainError for points that make no scale."""
    if kind == "place":
        return {"kind": "place", "more_is_better": more_is_better}
    below: float | None = None
    points: list[list[float]] = []
    for line in filter(None, (line.strip().replace("：", ":") for line in text.splitlines())):
        figure, colon, score = line.partition(":")
        try:
            if not colon:
                raise ValueError(line)
            if figure.strip():
                points.append([float(figure.replace(",", "")), float(score)])
            else:
                below = float(score)
        except ValueError:
            raise DomainError(
                _("%(line)s cannot be read. Write one point a line, such as 100000: 7.") % {"line": line},
                field="points",
            ) from None
    stored: dict[str, Any] = {"kind": "curve", "points": points}
    if kind == "bands":
        if below is None:
            raise DomainError(_("Begin with what everything below scores, such as : 1."), field="points")
        stored = {"kind": "bands", "below": below, "steps": points}
    elif below is not None:
        raise DomainError(_("A curve has no point without a figure."), field="points")
    scale_of(stored)
    return stored
