"""Score all customers of a model at once: figures in, explained scores out. Runs in workers only (numpy)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import orjson
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from customers.models import Customer
from feed.services import outbox
from selection.calculations.attractiveness import axis_cut
from selection.calculations.bulk import BulkResult, band_scores, bulk_place_scores, bulk_scores, curve_scores
from selection.calculations.raters import WIDE_RANGE
from selection.calculations.scales import Bands, Curve
from selection.calculations.tiers import TierCandidate, tier_pyramid
from selection.models import CurrentScore, ModelFactor, Score, ScoringRun
from selection.scales import Place, scale_of
from selection.selectors.figures import Figures, figures_of_all
from selection.selectors.opinions import opinions
from selection.selectors.scopes import covered_customers, customers_of
from selection.selectors.tiers import cuts_in_force
from selection.services.portfolio import add_up_portfolio
from selection.services.relationships import refresh_all
from selection.services.rescoring import ask_rescoring, touched_customers
from selection.services.trails import record_positions

if TYPE_CHECKING:
    from jobs.running import RunningJob

Floats = npt.NDArray[np.float64]
BATCH: Final = 5_000
COLUMNS: Final = (
    "run_id",
    "customer_id",
    "score",
    "index",
    "coverage",
    "provisional",
    "knocked_out",
    "rank",
    "tier",
    "sales_units",
    "explanation",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One factor over all customers: the figure it read, the score it gave, and how many raters stand behind it."""

    factor: ModelFactor
    figures: Floats
    scores: Floats
    raters: Mapping[int, tuple[int, float]]


def score_all(*, run_id: int, job: RunningJob) -> dict[str, Any]:
    """Score every customer of the run's model and put the run's scores into force.

    Places, ranks and the cut are found among the customers of the same segment; tiers among all, because they rank by
    sales, which all have in common.

    Writes are idempotent: an attempt begins by emptying its own run, and only the last step changes what others see.
    Runs whose job was cancelled or gave up are dropped on the way. Returns counts for the job's page. A run that is
    finished already changes nothing.
    """
    run = ScoringRun.objects.select_related("model").get(pk=run_id)
    if run.state == ScoringRun.State.FINISHED:
        job.progress(run.customers, run.customers)
        return _end(run)
    factors = list(run.model.factors.all())
    ids = _keys(customers_of(run.model, day=timezone.localdate()))
    job.progress(0, len(ids))
    found = figures_of_all([factor.metric for factor in factors if factor.metric])
    columns = [_column(factor, ids, found) for factor in factors]
    result = _combine(columns, len(ids))
    tiers = _tiers(_keys(Customer.objects.alive()), found)
    with job.atomic():
        Score.objects.filter(run=run).delete()
        ScoringRun.objects.exclude(pk=run.pk).given_up().delete()
    done = 0
    stream = _rows(run, ids, columns, result, tiers, found)
    while rows := list(islice(stream, BATCH)):
        with job.atomic():
            _copy(rows)
        done += len(rows)
        job.progress(done)
    with job.atomic():
        _put_into_force(run, found, result, len(ids))
        refresh_all(today=timezone.localdate())
        record_positions(today=timezone.localdate())
    return _end(run)


def _keys(customers: QuerySet[Customer]) -> npt.NDArray[np.int64]:
    return np.fromiter(customers.order_by("pk").values_list("pk", flat=True).iterator(), dtype=np.int64)


def _end(run: ScoringRun) -> dict[str, Any]:
    """Let judgement that came while the run worked count soon, not next night."""
    if touched_customers(run.model):
        ask_rescoring()
    return _result(run)


def _column(factor: ModelFactor, ids: npt.NDArray[np.int64], found: Figures) -> Column:
    if factor.kind == ModelFactor.Kind.METRIC:
        figures = _aligned(ids, found.by_metric[factor.metric])
        return Column(factor, figures, _scaled(scale_of(factor.scale), figures), {})
    means: dict[int, float] = {}
    raters: dict[int, tuple[int, float]] = {}
    for row in opinions(factor):
        means[row.customer_id] = row.score
        raters[row.customer_id] = (row.raters, row.range)
    scores = _aligned(ids, means)
    return Column(factor, np.full(len(ids), np.nan), scores, raters)


def _aligned(ids: npt.NDArray[np.int64], values: Mapping[int, float]) -> Floats:
    return np.fromiter((values.get(pk, np.nan) for pk in ids.tolist()), dtype=np.float64, count=len(ids))


def _scaled(scale: Place | Curve | Bands, figures: Floats) -> Floats:
    match scale:
        case Place():
            return bulk_place_scores(figures, more_is_better=scale.more_is_better)
        case Curve():
            return curve_scores(scale, figures)
        case Bands():
            return band_scores(scale, figures)


def _combine(columns: Sequence[Column], count: int) -> BulkResult:
    table = np.column_stack([column.scores for column in columns]) if columns else np.empty((count, 0))
    weights = np.array([float(column.factor.weight) for column in columns])
    minimums = np.array(
        [np.nan if column.factor.minimum is None else float(column.factor.minimum) for column in columns]
    )
    return bulk_scores(table, weights, minimums)


def _tiers(ids: npt.NDArray[np.int64], found: Figures) -> dict[int, str]:
    """Tiers by net sales of twelve months; contribution takes over where it is known for every customer."""
    candidates = [
        TierCandidate(str(pk), found.sales_units.get(pk), one_off=found.documents.get(pk) == 1) for pk in ids.tolist()
    ]
    return {
        int(place.key): place.tier.value
        for place in tier_pyramid(candidates, cuts_in_force()).places
        if place.tier is not None
    }


def _rows(
    run: ScoringRun,
    ids: npt.NDArray[np.int64],
    columns: Sequence[Column],
    result: BulkResult,
    tiers: Mapping[int, str],
    found: Figures,
) -> Iterator[tuple[Any, ...]]:
    total = sum(float(column.factor.weight) for column in columns)
    for at, pk in enumerate(ids.tolist()):
        coverage = float(result.coverage[at])
        scored = total * coverage if coverage == coverage else 0.0
        yield (
            run.pk,
            pk,
            _figure(result.score[at], 4),
            _figure(result.index[at], 4),
            _figure(coverage, 4),
            "t" if result.provisional[at] else "f",
            "t" if result.knocked_out[at] else "f",
            int(result.rank[at]) or "",
            tiers.get(pk, ""),
            found.sales_units.get(pk, ""),
            orjson.dumps([_part(column, at, pk, scored) for column in columns]).decode(),
        )


def _part(column: Column, at: int, pk: int, scored: float) -> dict[str, Any]:
    """What one factor added, as the explanation keeps it."""
    score, figure = float(column.scores[at]), float(column.figures[at])
    weight = float(column.factor.weight)
    known = score == score
    part: dict[str, Any] = {
        "key": column.factor.key,
        "weight": weight,
        "score": round(score, 6) if known else None,
        "contribution": round(weight * score / scored, 6) if known and scored else None,
    }
    if column.factor.kind == ModelFactor.Kind.METRIC:
        part["figure"] = figure if figure == figure else None
    elif rated := column.raters.get(pk):
        part["raters"], part["range"] = rated
        part["discuss"] = rated[1] >= WIDE_RANGE
    return part


def _figure(value: float, digits: int) -> str:
    return "" if value != value else f"{value:.{digits}f}"


def _copy(rows: Iterable[tuple[Any, ...]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    for row in rows:
        writer.writerow(row)
    buffer.seek(0)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY selection_score ({names}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (tier))", buffer
        )


def _put_into_force(run: ScoringRun, found: Figures, result: BulkResult, count: int) -> None:
    classifiable = ~np.isnan(result.score) & ~result.provisional & ~result.knocked_out
    cut = axis_cut(result.score[classifiable].tolist())
    run.state, run.finished_at = ScoringRun.State.FINISHED, timezone.now()
    run.as_of_month, run.customers = found.as_of_month, count
    run.cut, run.cut_basis = round(cut.value, 4), cut.basis.value
    run.save()
    tiers = dict(CurrentScore.objects.values_list("customer", "tier"))
    _forget(run)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO selection_currentscore
                (customer_id, source_id, score, "index", coverage, provisional, knocked_out, rank, tier)
            SELECT customer_id, id, score, "index", coverage, provisional, knocked_out, rank, tier
            FROM selection_score WHERE run_id = %s
            """,
            [run.pk],
        )
    moved = [
        ("tier.changed", pk, pk)
        for pk, tier in CurrentScore.objects.filter(source__run=run).values_list("customer", "tier")
        if tier != tiers.get(pk, "")
    ]
    outbox.note_all([("score.published", run.pk, None), *moved])
    add_up_portfolio()


def _forget(run: ScoringRun) -> None:
    """Let go of the scores that the run replaces, and of those that no model in force stands behind any more."""
    CurrentScore.objects.filter(customer__in=Score.objects.filter(run=run).values("customer")).delete()
    covered = covered_customers(day=timezone.localdate())
    CurrentScore.objects.exclude(customer__in=covered.values("pk")).delete()


def _result(run: ScoringRun) -> dict[str, Any]:
    scores = run.scores.all()
    return {
        "customers": run.customers,
        "classified": scores.filter(rank__isnull=False).count(),
        "provisional": scores.filter(provisional=True).count(),
        "url": "/portfolio/",
    }
