"""What a factor set would give on present customers: how the scores spread, which factors say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from customers.models import Customer
from selection.calculations.factor_sets import Overlap, Separation, overlaps, separations
from selection.calculations.scales import place_scores
from selection.models import ModelFactor, ScoringModel
from selection.scales import Place, scale_of
from selection.selectors.figures import FORMATS, figures_of_all
from selection.selectors.opinions import opinions
from selection.words import factor_name

MOST_AT_ONCE: Final = 20_000
BINS: Final = tuple(range(1, 11))


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many customers a scale gives which score; `unknown` have no figure."""

    counts: Sequence[tuple[int, int]]
    unknown: int
    known: int
    lowest: float | None
    highest: float | None
    figure_format: str


@dataclass(frozen=True, slots=True)
class SeparationRow:
    """A factor's separation with its name."""

    name: str
    found: Separation


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """Two factors' overlap with their names."""

    first: str
    second: str
    found: Overlap


@dataclass(frozen=True, slots=True)
class Checks:
    """Whether each factor tells customers apart, and which two say the same; over `customers` customers."""

    customers: int
    separations: Sequence[SeparationRow]
    overlaps: Sequence[OverlapRow]


def scaled(scale: Mapping[str, Any], figures: Sequence[float | None]) -> list[float | None]:
    """The scores of these figures on a stored scale."""
    found = scale_of(scale)
    if isinstance(found, Place):
        return place_scores(figures, more_is_better=found.more_is_better)
    return [found.score(figure) for figure in figures]


def distribution_of(metric: str, scale: Mapping[str, Any]) -> Distribution:
    """What a scale makes of a figure on all present customers. Raises DomainError for a scale that cannot be read."""
    alive = set(Customer.objects.alive().values_list("pk", flat=True)[:MOST_AT_ONCE])
    by_customer = figures_of_all([metric]).by_metric[metric]
    known = [figure for pk, figure in by_customer.items() if pk in alive]
    scores = [score for score in scaled(scale, known) if score is not None]
    counts = [(edge, sum(round(score) == edge for score in scores)) for edge in BINS]
    return Distribution(
        counts=counts,
        unknown=len(alive) - len(scores),
        known=len(known),
        lowest=min(known, default=None),
        highest=max(known, default=None),
        figure_format=FORMATS.get(metric, "number"),
    )


def checks_of(model: ScoringModel) -> Checks:
    """Discrimination and overlap of a model's factors on present customers, drafts included (M02)."""
    factors = list(model.factors.all())
    names = {factor.key: factor_name(factor.key, factor.name) for factor in factors}
    ids = list(Customer.objects.alive().order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    scores = _scores(model, factors, ids)
    apart = [SeparationRow(names[one.key], one) for one in separations(scores)]
    same = sorted(overlaps(scores), key=lambda one: -(one.correlation or 0.0))
    return Checks(len(ids), apart, [OverlapRow(names[one.first], names[one.second], one) for one in same])


def _scores(model: ScoringModel, factors: Sequence[ModelFactor], ids: Sequence[int]) -> dict[str, list[float | None]]:
    found = figures_of_all([factor.metric for factor in factors if factor.metric])
    scores: dict[str, list[float | None]] = {}
    for factor in factors:
        if factor.kind == ModelFactor.Kind.METRIC:
            by_customer = found.by_metric[factor.metric]
            scores[factor.key] = scaled(factor.scale, [by_customer.get(pk) for pk in ids])
        else:
            factor.model = model
            means = {opinion.customer_id: opinion.score for opinion in opinions(factor)}
            scores[factor.key] = [means.get(pk) for pk in ids]
    return scores
