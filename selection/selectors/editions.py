"""What an edition would change against the one in force, for who approves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from selection.models import ModelFactor, ScoringModel
from selection.words import factor_name

RULE = ("kind", "metric", "scale", "anchors", "minimum", "horizon")
"""What of a factor, beside its weight, decides how it scores."""


@dataclass(frozen=True, slots=True)
class FactorChange:
    """A factor that weighs otherwise or is scored otherwise; a weight is None where the edition has no such factor."""

    name: str
    before: Decimal | None
    after: Decimal | None
    is_rescaled: bool


@dataclass(frozen=True, slots=True)
class EditionChange:
    """An edition that is not in force yet, against the one that is; `former` is None where none is."""

    former: ScoringModel | None
    factors: Sequence[FactorChange]


def change_of(model: ScoringModel) -> EditionChange | None:
    """What putting this edition into force would change; None for one that is or was in force."""
    if model.state not in {ScoringModel.State.DRAFT, ScoringModel.State.ASKED}:
        return None
    former = ScoringModel.objects.in_force().filter(segment=model.segment_id).first()
    if former is None:
        return EditionChange(None, [])
    old = {factor.key: factor for factor in former.factors.all()}
    new = {factor.key: factor for factor in model.factors.all()}
    keys = [*new, *(key for key in old if key not in new)]
    changes = [_change(old.get(key), new.get(key)) for key in keys]
    return EditionChange(former, [one for one in changes if one.before != one.after or one.is_rescaled])


def _change(old: ModelFactor | None, new: ModelFactor | None) -> FactorChange:
    shown = new or old
    assert shown is not None  # noqa: S101 - the key comes from one of them
    return FactorChange(
        name=factor_name(shown.key, shown.name),
        before=old.weight if old else None,
        after=new.weight if new else None,
        is_rescaled=bool(old and new and any(getattr(old, name) != getattr(new, name) for name in RULE)),
    )
