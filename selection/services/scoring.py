"""Score all customers of a model at once: figures in, explained scores out. Runs in workers only (numpy)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from customers.models import Customer
from feed.services import outbox
from kcrm.lib.columns import WHOLE, columns_of
from selection.calculations.attractiveness import axis_cut
from selection.calculations.bulk import (
    BulkResult,
    band_scores,
    bulk_place_scores,
    bulk_scores,
    bulk_tiers,
    curve_scores,
)
from selection.calculations.scales import Bands, Curve
from selection.models import CurrentScore, ModelFactor, Score, ScoringRun
from selection.scales import Place, scale_of
from selection.selectors.figure_table import FigureTable, Floats, figure_table
from selection.selectors.opinions import opinions
from selection.selectors.scopes import covered_customers, customers_of
from selection.selectors.tiers import cuts_in_force
from selection.services.portfolio import add_up_portfolio
from selection.services.relationships import refresh_all
from selection.services.rescoring import ask_rescoring, touched_customers
from selection.services.scored_rows import Column, ScoredRows
from selection.services.trails import record_positions

if TYPE_CHECKING:
    from jobs.running import RunningJob

MOVED: Final = """
    SELECT s.customer_id, s.customer_id FROM selection_score s
    LEFT JOIN selection_currentscore c ON c.customer_id = s.customer_id
    WHERE s.run_id = %s AND s.tier <> coalesce(c.tier, '') ORDER BY s.customer_id
"""
ENFORCE: Final = """
    INSERT INTO selection_currentscore
        (customer_id, source_id, score, "index", coverage, provisional, knocked_out, rank, tier)
    SELECT customer_id, id, score, "index", coverage, provisional, knocked_out, rank, tier
    FROM selection_score WHERE run_id = %s
"""


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
    found = figure_table([factor.metric for factor in factors if factor.metric])
    ids = ids[np.isin(ids, found.ids)]  # who went to the bin between the two statements
    at = found.places(ids)
    columns = [_column(factor, ids, at, found) for factor in factors]
    result = _combine(columns, len(ids))
    tiers = bulk_tiers(found.sales_units, found.one_off, cuts_in_force())
    rows = ScoredRows(run.pk, ids, columns, result, tiers[at], found.sales_units[at])
    with job.atomic():
        Score.objects.filter(run=run).delete()
        ScoringRun.objects.exclude(pk=run.pk).given_up().delete()
    for piece in rows.batches():
        with job.atomic():
            rows.copy(piece)
        job.progress(piece.stop)
    with job.atomic():
        _put_into_force(run, found.as_of_month, result, len(ids))
        refresh_all(today=timezone.localdate())
        record_positions(today=timezone.localdate())
    return _end(run)


def _keys(customers: QuerySet[Customer]) -> npt.NDArray[np.int64]:
    return columns_of(customers.order_by("pk"), {"pk": WHOLE})["pk"]


def _end(run: ScoringRun) -> dict[str, Any]:
    """Let judgement that came while the run worked count soon, not next night."""
    if touched_customers(run.model):
        ask_rescoring()
    return _result(run)


def _column(factor: ModelFactor, ids: npt.NDArray[np.int64], at: npt.NDArray[np.int64], found: FigureTable) -> Column:
    if factor.kind == ModelFactor.Kind.METRIC:
        figures = found.by_metric[factor.metric][at]
        return Column(factor, figures, _scaled(scale_of(factor.scale), figures), {})
    means: dict[int, float] = {}
    raters: dict[int, tuple[int, float]] = {}
    for row in opinions(factor):
        means[row.customer_id] = row.score
        raters[row.customer_id] = (row.raters, row.range)
    return Column(factor, np.full(len(ids), np.nan), _aligned(ids, means), raters)


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


def _put_into_force(run: ScoringRun, as_of_month: date | None, result: BulkResult, count: int) -> None:
    classifiable = ~np.isnan(result.score) & ~result.provisional & ~result.knocked_out
    cut = axis_cut(result.score[classifiable].tolist())
    run.state, run.finished_at = ScoringRun.State.FINISHED, timezone.now()
    run.as_of_month, run.customers = as_of_month, count
    run.cut, run.cut_basis = round(cut.value, 4), cut.basis.value
    run.save()
    outbox.note("score.published", object_id=run.pk)
    outbox.note_found("tier.changed", MOVED, [run.pk])
    _forget(run)
    with connection.cursor() as cursor:
        cursor.execute(ENFORCE, [run.pk])
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
