"""Score again only the customers whose judgement or sales changed since they were scored, and everybody each night."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Customer
from jobs.services.queue import enqueue
from selection.calculations.scales import Bands, Curve
from selection.calculations.scoring import Factor, ScoreResult, weighted_score
from selection.models import CurrentScore, ModelFactor, Rating, RoundCustomer, Score, ScoringModel, ScoringRun
from selection.scales import Place, scale_of
from selection.selectors.figures import Figures, figures_of_all
from selection.selectors.opinions import Opinion, opinions
from selection.selectors.scopes import models_out_of_step
from selection.services.portfolio import add_up_portfolio
from selection.services.runs import ask_scoring_of_all

if TYPE_CHECKING:
    from jobs.running import RunningJob

KIND: Final = "selection.rescore-touched"
MOVED: Final = "selection.score-moved"
QUIET: Final = timedelta(seconds=60)
MOST_ONE_BY_ONE: Final = 5_000
RANKS: Final = """
    UPDATE selection_currentscore c SET rank = r.place
    FROM (
        SELECT now.id, CASE WHEN now.score IS NOT NULL AND NOT now.provisional AND NOT now.knocked_out
                            THEN rank() OVER (PARTITION BY run.model_id, now.score IS NOT NULL
                                                           AND NOT now.provisional AND NOT now.knocked_out
                                              ORDER BY now.score DESC) END AS place
        FROM selection_currentscore now
        JOIN selection_score source ON source.id = now.source_id
        JOIN selection_scoringrun run ON run.id = source.run_id
    ) AS r
    WHERE r.id = c.id AND c.rank IS DISTINCT FROM r.place
"""


def ask_rescoring() -> None:
    """Let the touched customers be scored again once a minute has passed; further changes join the waiting job."""
    if CurrentScore.objects.exists():
        enqueue(kind=KIND, key=KIND, run_after=timezone.now() + QUIET)


def touched_customers(model: ScoringModel) -> set[int]:
    """Customers in force whose ratings or agreed scores are newer than the begin of the run that scored them.

    Than the begin: what comes while a run works may come too late for it.
    """
    in_force = CurrentScore.objects.filter(source__run__model=model)
    rated = Rating.objects.filter(factor__model__name=model.name, customer__current_score__in=in_force).filter(
        updated_at__gt=F("customer__current_score__source__run__started_at")
    )
    agreed = RoundCustomer.objects.filter(
        round__model__name=model.name, round__state="closed", customer__current_score__in=in_force
    ).filter(round__closed_at__gt=F("customer__current_score__source__run__started_at"))
    rows = Q(pk__in=rated.values("customer_id")) | Q(pk__in=agreed.values("customer_id"))
    return set(Customer.objects.alive().filter(rows).values_list("pk", flat=True))


def sold_since(model: ScoringModel) -> set[int]:
    """Customers in force whose sales of twelve months are others than when they were scored, the months being the same.

    When a new month begins, everybody's figures change: that is left to the night.
    """
    rows = CurrentScore.objects.filter(
        source__run__model=model,
        customer__deleted_at=None,
        customer__sales_summary__is_stale=False,
        customer__sales_summary__as_of_month=F("source__run__as_of_month"),
    ).exclude(source__sales_units=F("customer__sales_summary__net_12m_units"))
    return set(rows.values_list("customer", flat=True))


def rescore_touched(*, job: RunningJob) -> dict[str, Any]:
    """Score the touched customers again: judged factors anew, measured ones on their present figures.

    Scores that places among others decide stay, with the figure they were found by, until the next full scoring; so
    do tiers. Ranks are found anew for everybody, among the customers of the same model. Where more than
    `MOST_ONE_BY_ONE` are touched, everybody is scored instead, by a job of its own.
    """
    touched = {model: touched_customers(model) | sold_since(model) for model in ScoringModel.objects.in_force()}
    total = sum(map(len, touched.values()))
    job.progress(0, total)
    if not total:
        return {"customers": 0}
    if total > MOST_ONE_BY_ONE:
        with job.atomic():
            ask_scoring_of_all()
        return {"customers": 0}
    with job.atomic():
        for model, customers in touched.items():
            if customers:
                _score(model, customers)
        add_up_portfolio()
    job.progress(total)
    return {"customers": total}


def ask_scoring_of_moved() -> None:
    """Let customers who changed their segment be scored by their new model once a minute has passed."""
    if CurrentScore.objects.exists():
        enqueue(kind=MOVED, key=MOVED, run_after=timezone.now() + QUIET)


def runs_of_moved(*, job_id: int, today: date) -> list[ScoringRun]:
    """A run for each model that customers came to or left, made once however often the job starts."""
    made = list(ScoringRun.objects.filter(key__startswith=f"moved:{job_id}:").select_related("model").order_by("pk"))
    if made:
        return made
    return [
        ScoringRun.objects.create(key=f"moved:{job_id}:{model.pk}", model=model)
        for model in models_out_of_step(day=today)
    ]


def runs_of_tonight(today: date) -> list[ScoringRun]:
    """The runs of this night, one a model in force, made once however often the job starts."""
    return [
        ScoringRun.objects.get_or_create(key=f"nightly:{today.isoformat()}:{model.pk}", defaults={"model": model})[0]
        for model in ScoringModel.objects.in_force().order_by("segment_id", "pk")
    ]


def _score(model: ScoringModel, touched: Collection[int]) -> None:
    factors = list(model.factors.all())
    design = [
        Factor(one.key, float(one.weight), None if one.minimum is None else float(one.minimum)) for one in factors
    ]
    current = list(
        CurrentScore.objects.select_for_update(of=("self",))
        .filter(customer__in=touched, source__run__model=model)
        .select_related("source__run")
        .order_by("pk")
    )
    last = max((row.source.run for row in current), key=lambda run: run.started_at)
    now = timezone.now()
    run = ScoringRun.objects.create(
        model=model,
        key=f"touched:{now.isoformat()}",
        state=ScoringRun.State.FINISHED,
        finished_at=now,
        as_of_month=last.as_of_month,
        cut=last.cut,
        cut_basis=last.cut_basis,
        customers=last.customers,
    )
    found: dict[str, dict[int, Opinion]] = {}
    for factor in factors:
        if factor.kind == ModelFactor.Kind.JUDGED:
            factor.model = model
            found[factor.key] = {one.customer_id: one for one in opinions(factor)}
    measured = [one for one in factors if one.kind == ModelFactor.Kind.METRIC]
    figures = figures_of_all([one.metric for one in measured], among=[row.customer_id for row in current])
    if figures.as_of_month != last.as_of_month:  # other months: their figures are for the night
        figures, measured = Figures(), []
    scales = {one: scale for one in measured if not isinstance(scale := scale_of(one.scale), Place)}
    scores, changed = [], []
    for row in current:
        parts = {part["key"]: dict(part) for part in row.source.explanation}
        for key, by_customer in found.items():
            parts[key] = parts.get(key, {"key": key}) | _judged(by_customer.get(row.customer_id))
        for factor, scale in scales.items():
            figure = figures.by_metric[factor.metric].get(row.customer_id)
            parts[factor.key] = {"key": factor.key, "score": _on(scale, figure), "figure": figure}
        result = weighted_score(design, {factor.key: parts.get(factor.key, {}).get("score") for factor in design})
        values = _values(result)
        explanation = [_part(parts.get(one.key, {"key": one.key}), one, result) for one in result.factors]
        scores.append(
            Score(
                run=run, customer_id=row.customer_id, tier=row.tier, explanation=explanation, **values,
                sales_units=figures.sales_units.get(row.customer_id, row.source.sales_units),
            )
        )  # fmt: skip
        changed.append((row, values))
    kept = Score.objects.bulk_create(scores)
    for (row, values), score in zip(changed, kept, strict=True):
        CurrentScore.objects.filter(pk=row.pk).update(source=score, **values)
    with connection.cursor() as cursor:
        cursor.execute(RANKS)


def _on(scale: Curve | Bands, figure: float | None) -> float | None:
    score = scale.score(figure)
    return None if score is None else round(score, 6)


def _judged(opinion: Opinion | None) -> dict[str, Any]:
    if opinion is None:
        return {"score": None}
    part: dict[str, Any] = {"score": round(opinion.score, 6), "raters": opinion.raters, "range": opinion.range}
    return part | {"discuss": not opinion.agreed and opinion.range >= 4, "agreed": opinion.agreed}


def _part(part: dict[str, Any], found: Any, result: ScoreResult) -> dict[str, Any]:
    contribution = None if found.contribution is None else round(found.contribution, 6)
    return part | {"weight": found.weight, "contribution": contribution}


def _values(result: ScoreResult) -> dict[str, Any]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return {
        "score": rounded(result.score),
        "index": rounded(result.index),
        "coverage": rounded(result.coverage),
        "provisional": result.provisional,
        "knocked_out": result.knocked_out,
    }
