"""Scoring again what changed, and everybody each night."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jobs.models import Job
from selection.calculations.freshness import Freshness
from selection.models import CurrentScore, ModelFactor, Rating, Score, ScoringRun
from selection.selectors.explanations import explanation_of, freshness_of
from selection.services import scoring
from selection.services.ratings import rate_customer
from selection.services.rescoring import KIND, touched_customers
from selection.services.runs import request_scoring
from selection.tasks import score_nightly
from teams.models import TeamMembership
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs
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
