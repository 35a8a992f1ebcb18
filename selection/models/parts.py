"""The factors of a score, kept small: what follows from them is worked out when they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import models

DIGITS: Final = 6
OF_RATERS: Final = frozenset({"raters", "range", "discuss", "agreed"})
_COMMON: Final = frozenset({"key", "weight", "score", "contribution"})

Part = dict[str, Any]


class PartsField(models.JSONField):
    """A list of factors, each {key, weight, score, contribution} with its `figure` or what raters said.

    Stored is [key, weight, score] with the figure or an object of the raters behind it; the contribution follows
    from weights and scores. Whatever is not written that way is stored as it is.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return packed(value) if isinstance(value, list) else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return unpacked(found) if isinstance(found, list) else found


def packed(parts: Sequence[Any]) -> list[Any]:
    """The parts as they are stored, so that `unpacked` gives the same ones back."""
    small = [_small(part) if isinstance(part, Mapping) and part.keys() >= _COMMON else None for part in parts]
    if None in small or unpacked(small) != parts:
        return list(parts)
    return small


def unpacked(rows: Sequence[Any]) -> list[Any]:
    """The parts of stored rows, their contributions worked out."""
    if not rows or not isinstance(rows[0], list):
        return list(rows)
    scored = sum(row[1] for row in rows if row[2] is not None)
    return [_part(row, scored) for row in rows]


def _small(part: Mapping[str, Any]) -> list[Any]:
    row = [part["key"], part["weight"], part["score"]]
    if "figure" in part:
        row.append(part["figure"])
    elif said := {name: value for name, value in part.items() if name in OF_RATERS}:
        row.append(said)
    return row


def _part(row: Sequence[Any], scored: float) -> Part:
    key, weight, score, *more = row
    known = score is not None and scored > 0
    part: Part = {
        "key": key,
        "weight": weight,
        "score": score,
        "contribution": round(weight * score / scored, DIGITS) if known else None,
    }
    for extra in more:
        part |= extra if isinstance(extra, dict) else {"figure": extra}
    return part
