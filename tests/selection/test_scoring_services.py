"""Scoring all customers: from the ledger's figures and people's judgement to the score in force."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue
from kcrm.lib.errors import DomainError, NotAllowed
from profitability.services.ledger import load_ledger
from selection.calculations.scoring import Factor, weighted_score
from selection.models import CurrentScore, ModelFactor, Rating, Score, ScoringModel, ScoringRun
from selection.selectors.figure_table import figure_table
from selection.selectors.figures import AVAILABLE, figures_of_all
from selection.selectors.models import model_page
from selection.services.models import change_factors, create_model
from selection.services.ratings import rate_customer
from selection.services.rescoring import runs_of_tonight
from selection.services.runs import request_scoring
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.profitability import northwind
from tests.running import run_jobs
from tests.selection.approving import put_into_force

pytestmark = pytest.mark.django_db

PLACE = {"kind": "place", "more_is_better": True}
FACTORS = [
    {"key": "sales_12_months", "kind": "metric", "metric": "sales_12_months", "weight": 40, "scale": PLACE},
    {"key": "order_regularity", "kind": "metric", "metric": "order_regularity", "weight": 30, "scale": PLACE},
    {"key": "strategic_fit", "kind": "judged", "weight": 30},
]


def bring_northwind():
    finance = personas.finance()
    customers = northwind.prepare(by=finance)
    load_ledger(northwind.ledger_rows(), source=northwind.SOURCE, by=finance)
    return customers


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def model(office) -> ScoringModel:
    made = create_model(name="Attractiveness", factors=FACTORS, by=office)
    return put_into_force(model_id=made.pk, version=made.version, by=office)


def test_weights_that_do_not_total_100_are_refused(office):
    with pytest.raises(DomainError, match="70"):
        create_model(name="Short", factors=FACTORS[:2], by=office)

    assert not ScoringModel.objects.exists()


def test_an_edition_in_force_does_not_change(office, model):
    with pytest.raises(DomainError, match="new edition"):
        change_factors(model_id=model.pk, version=model.version, factors=FACTORS, by=office)


def test_a_second_edition_retires_the_first(office, model):
    second = create_model(name="Attractiveness", factors=FACTORS, by=office)

    put_into_force(model_id=second.pk, version=second.version, by=office)

    model.refresh_from_db()
    assert second.edition == 2
    assert model.state == ScoringModel.State.RETIRED
    assert list(ScoringModel.objects.in_force()) == [second]


def test_an_account_manager_starts_no_scoring_and_leaves_nothing_behind(model):
    manager = personas.account_manager(CustomerFactory())

    with pytest.raises(NotAllowed):
        request_scoring(by=manager)

    assert not ScoringRun.objects.exists()
    assert not Job.objects.filter(kind="selection.score-customers").exists()


def test_asking_twice_gives_one_job(office, model):
    first = request_scoring(by=office)

    second = request_scoring(by=office)

    assert first == second
    assert ScoringRun.objects.count() == 1


def test_every_stored_score_equals_the_pure_engine(office, model):
    customer = bring_northwind()["QUICK"]
    fit = ModelFactor.objects.get(model=model, key="strategic_fit")
    Rating.objects.create(factor=fit, customer=customer, rater=office, score=8, rated_on=date(2026, 1, 1))

    request_scoring(by=office)
    run_jobs()

    factors = [Factor(row.key, float(row.weight)) for row in model.factors.all()]
    scores = Score.objects.all()
    assert scores.count() == 91
    for stored in scores:
        expected = weighted_score(factors, {part["key"]: part["score"] for part in stored.explanation})
        assert stored.score is None or float(stored.score) == pytest.approx(expected.score, abs=1e-4)
        assert stored.provisional == expected.provisional
        assert stored.coverage is None or float(stored.coverage) == pytest.approx(expected.coverage, abs=1e-4)


def test_the_largest_customer_scores_ten_on_sales_and_stands_in_the_key_tier(office, model):
    bring_northwind()

    request_scoring(by=office)
    run_jobs()

    top = CurrentScore.objects.filter(source__sales_units__isnull=False).order_by("source__sales_units").last()
    assert top.tier == "key"
    assert top.source.explanation[0]["score"] == 10.0
    assert top.source.explanation[0]["figure"] == pytest.approx(top.source.sales_units / 10_000)


def test_the_columns_of_the_table_are_the_figures_of_each_customer(office):
    customers = bring_northwind()
    CustomerFactory(name="Never bought")

    table, each = figure_table(AVAILABLE), figures_of_all(AVAILABLE)

    assert len(table.ids) == len(customers) + 1
    assert table.as_of_month == each.as_of_month
    for at, pk in enumerate(table.ids.tolist()):
        assert table.sales_units[at] == pytest.approx(each.sales_units.get(pk, math.nan), nan_ok=True)
        assert bool(table.one_off[at]) == (each.documents.get(pk) == 1)
        for metric in AVAILABLE:
            figure = each.by_metric[metric].get(pk, math.nan)
            assert table.by_metric[metric][at] == pytest.approx(figure, nan_ok=True, abs=1e-12)


def test_running_the_same_job_again_changes_nothing(office, model):
    bring_northwind()
    job = request_scoring(by=office)
    run_jobs()
    before = list(Score.objects.order_by("customer").values_list("customer", "score", "rank", "tier"))

    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None)
    run_jobs()

    assert list(Score.objects.order_by("customer").values_list("customer", "score", "rank", "tier")) == before
    assert ScoringRun.objects.count() == 1


def test_an_attempt_that_finds_its_run_finished_says_how_many_were_scored(office, model):
    CustomerFactory()
    job = request_scoring(by=office)
    run_jobs()

    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None, progress_done=0, progress_total=None)
    run_jobs()

    job.refresh_from_db()
    assert (job.progress_done, job.progress_total) == (1, 1)


@pytest.mark.parametrize("end", ["cancelled", "dead"])
def test_a_run_whose_job_ended_without_it_is_not_shown_as_running_and_goes_with_the_next(office, model, end):
    customer = CustomerFactory()
    job = request_scoring(by=office)
    run = ScoringRun.objects.get()
    Score.objects.create(run=run, customer=customer)
    assert list(model_page(model).runs) == [run]

    Job.objects.filter(pk=job.pk).update(state=end, finished_at=timezone.now())

    assert not model_page(model).runs
    request_scoring(by=office)
    run_jobs()
    assert list(ScoringRun.objects.values_list("state", flat=True)) == ["finished"]
    assert not ScoringRun.objects.filter(pk=run.pk).exists()


def test_a_scoring_leaves_the_unfinished_run_of_this_night_to_its_job(office, model):
    CustomerFactory()
    (tonight,) = runs_of_tonight(date(2026, 1, 1))
    nightly = enqueue(kind="selection.score-nightly", run_after=timezone.now() + timedelta(hours=1))
    request_scoring(by=office)
    run_jobs()
    assert ScoringRun.objects.filter(pk=tonight.pk).exists()

    Job.objects.filter(pk=nightly.pk).update(state="dead", finished_at=timezone.now())

    assert list(ScoringRun.objects.given_up()) == [tonight]


def test_an_outsider_finds_no_score_and_the_owner_finds_his(client: Client, office, model):
    customer = CustomerFactory()
    request_scoring(by=office)
    run_jobs()
    address = f"/selection/customers/{customer.pk}/"
    client.force_login(personas.outsider(customer))
    refused = client.get(address)
    client.force_login(personas.account_manager(customer))

    shown = client.get(address)

    assert refused.status_code == 404
    assert shown.status_code == 200
    assert client.get("/api/v1/scores/").json()["count"] == 1


def test_a_rating_off_the_scale_or_on_a_measured_factor_is_refused(model):
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    values = {"evidence": "told", "note": "", "rated_on": date(2026, 1, 1), "by": manager, "customer_id": customer.pk}
    fit, sales = model.factors.get(key="strategic_fit"), model.factors.get(key="sales_12_months")

    with pytest.raises(DomainError, match="between 1 and 10"):
        rate_customer(factor_id=fit.pk, score=Decimal(11), **values)
    with pytest.raises(DomainError, match="measured"):
        rate_customer(factor_id=sales.pk, score=Decimal(5), **values)

    assert not Rating.objects.exists()


def test_a_second_rating_replaces_ones_own(model):
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    fit = model.factors.get(key="strategic_fit")
    values = {"evidence": "told", "note": "", "rated_on": date(2026, 1, 1), "by": manager, "customer_id": customer.pk}
    rate_customer(factor_id=fit.pk, score=Decimal(5), **values)

    rate_customer(factor_id=fit.pk, score=Decimal(7), **values)

    assert Rating.objects.get().score == 7
