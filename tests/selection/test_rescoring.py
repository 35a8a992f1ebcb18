"""Scoring again what changed, and everybody each night."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jobs.models import Job
from profitability.models import SalesSummary
from selection.calculations.freshness import Freshness
from selection.models import CurrentScore, ModelFactor, Rating, Score, ScoringModel, ScoringRun
from selection.selectors.explanations import explanation_of, freshness_of
from selection.services import rescoring, scoring
from selection.services.models import create_model
from selection.services.ratings import rate_customer
from selection.services.rescoring import KIND, sold_since, touched_customers
from selection.services.runs import request_scoring
from selection.tasks import score_nightly
from teams.models import TeamMembership
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs
from tests.selection.approving import put_into_force
from tests.selection.rounds import table

pytestmark = pytest.mark.django_db


def rate(customer, key, score):
    factor = ModelFactor.objects.get(key=key)
    seats = TeamMembership.objects.filter(team=customer.account_team, level="owner")
    rater = seats.get().user if seats else personas.account_manager(customer)
    rate_customer(customer_id=customer.pk, factor_id=factor.pk, score=Decimal(score), evidence="guess", note="",
                  rated_on=date(2026, 1, 1), by=rater)  # fmt: skip


@pytest.fixture
def scored():
    at = table(customers=3)
    for place, customer in enumerate(at.customers):
        for key in ("fit", "access"):
            rate(customer, key, 4 + place)
    request_scoring(by=at.office)
    run_jobs()
    return at


def rerun():
    Job.objects.filter(state="queued").update(run_after=timezone.now() - timedelta(seconds=1))
    run_jobs()


def test_only_touched_customers_are_scored_again_and_all_ranks_are_right(scored):
    first = scored.customers[0]
    rate(first, "fit", 7)
    assert touched_customers(scored.model) == {first.pk}
    before = set(Score.objects.values_list("pk", flat=True))
    rerun()

    added = Score.objects.exclude(pk__in=before)
    assert list(added.values_list("customer", "score")) == [(first.pk, Decimal("5.5"))]
    ranks = dict(CurrentScore.objects.values_list("customer", "rank"))
    assert [ranks[customer.pk] for customer in scored.customers] == [2, 3, 1]
    assert touched_customers(scored.model) == set()


def test_what_is_scored_again_is_what_a_full_scoring_finds(scored):
    rate(scored.customers[0], "fit", 9)
    rate(scored.customers[1], "access", 2)
    rerun()
    figures = ("customer", "score", "index", "coverage", "provisional", "knocked_out", "rank", "tier")
    some = list(CurrentScore.objects.order_by("customer").values(*figures))

    request_scoring(by=scored.office)
    run_jobs()

    assert list(CurrentScore.objects.order_by("customer").values(*figures)) == some


@pytest.fixture
def sold():
    """Three customers scored by a curve over their sales and by place among each other."""
    office = personas.programme_office()
    curve = {"kind": "curve", "points": [[0, 1], [1000, 10]]}
    place = {"kind": "place", "more_is_better": True}
    factors = [
        {"key": "sales", "kind": "metric", "metric": "sales_12_months", "weight": 90, "scale": curve},
        {"key": "place", "kind": "metric", "metric": "sales_12_months", "weight": 10, "scale": place},
    ]
    made = create_model(name="Sold", factors=factors, by=office)
    put_into_force(model_id=made.pk, version=made.version, by=office)
    customers = [CustomerFactory() for _number in range(3)]
    for number, customer in enumerate(customers, start=1):
        SalesSummary.objects.create(
            customer=customer, as_of_month=date(2026, 1, 1), net_12m_units=number * 2_000_000, trend=[],
            documents_12m=5, is_stale=False,
        )  # fmt: skip
    request_scoring(by=office)
    run_jobs()
    return office, ScoringModel.objects.get(pk=made.pk), customers


def sell(customer, units):
    SalesSummary.objects.filter(customer=customer).update(net_12m_units=units)


def tick():
    Job.objects.create(kind=KIND)
    run_jobs()


def test_who_bought_since_is_scored_on_the_new_figure(sold):
    office, model, (first, *_others) = sold
    sell(first, 9_000_000)
    assert sold_since(model) == {first.pk}

    tick()

    now = CurrentScore.objects.select_related("source").get(customer=first)
    sales, place = now.source.explanation
    assert (sales["figure"], sales["score"], now.source.sales_units) == (900.0, 9.1, 9_000_000)
    assert (place["figure"], place["score"]) == (200.0, None)  # three are too few for places
    assert now.rank == 1
    assert sold_since(model) == set()
    figures = ("customer", "score", "index", "coverage", "provisional", "knocked_out", "rank")
    some = list(CurrentScore.objects.order_by("customer").values(*figures))
    request_scoring(by=office)
    run_jobs()
    assert list(CurrentScore.objects.order_by("customer").values(*figures)) == some


def test_a_new_month_is_left_to_the_night(sold):
    _office, model, (first, *_others) = sold
    sell(first, 9_000_000)
    SalesSummary.objects.update(as_of_month=date(2026, 2, 1))

    assert sold_since(model) == set()


def test_where_too_many_bought_everybody_is_scored(sold, monkeypatch):
    monkeypatch.setattr(rescoring, "MOST_ONE_BY_ONE", 1)
    _office, model, customers = sold
    for customer in customers:
        sell(customer, 500_000)
    runs = ScoringRun.objects.count()

    tick()

    assert ScoringRun.objects.count() == runs + 1
    assert sold_since(model) == set()
    assert set(ScoringRun.objects.values_list("state", flat=True)) == {"finished"}


def test_changes_within_a_minute_share_one_job(scored):
    for score in (3, 5, 7):
        rate(scored.customers[0], "fit", score)

    assert Job.objects.filter(kind="selection.rescore-touched", state="queued").count() == 1


def test_the_night_scores_everybody_once(scored):
    late = CustomerFactory()
    job = Job.objects.create(kind="selection.score-nightly")
    run_jobs()
    assert CurrentScore.objects.filter(customer=late).exists()
    assert ScoringRun.objects.filter(key__startswith="nightly:").count() == 1
    assert Job.objects.get(pk=job.pk).state == "succeeded"
    assert callable(score_nightly)


def test_old_judgement_is_named_by_its_weight(scored):
    customer = scored.customers[0]
    Rating.objects.filter(customer=customer, factor__key="fit").update(rated_on=date(2024, 1, 1))
    found = explanation_of(customer, by=scored.office, today=timezone.localdate())

    assert freshness_of(found, today=date(2026, 3, 1)) == Freshness(
        fresh_share=pytest.approx(0.563, abs=0.01), stale_share=0.5, oldest_months=pytest.approx(26, abs=0.1)
    )


def test_a_judgement_given_while_everybody_is_scored_counts_soon(scored, monkeypatch):
    first, put_into_force = scored.customers[0], scoring._put_into_force

    def rate_before_the_end(*args):
        rate(first, "fit", 10)
        Job.objects.filter(kind=KIND).delete()  # it ran meanwhile, on the scores of before
        put_into_force(*args)

    monkeypatch.setattr(scoring, "_put_into_force", rate_before_the_end)
    request_scoring(by=scored.office)
    run_jobs()
    before = CurrentScore.objects.get(customer=first).score

    rerun()

    assert CurrentScore.objects.get(customer=first).score > before
    assert not touched_customers(scored.model)
