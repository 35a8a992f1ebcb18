"""What happens at the edges of the method: people who act at once, stale pages, leavers, late factors, odd weights."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from kcrm.lib.errors import DomainError, StaleVersion
from selection.models import CurrentScore, ModelFactor, Rating, ScoringRound, ScoringRun, SheetScore, ViewFactor
from selection.services import customer_views as views
from selection.services.agreement import close_round
from selection.services.models import create_model
from selection.services.rounds import adopt_edition, let_rater_leave, release_round
from selection.services.runs import request_scoring
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs
from tests.selection.approving import put_into_force
from tests.selection.rounds import KEYS, TODAY, factors, table
from tests.selection.test_customer_views import customer, owner, write_down

__all__ = ["customer", "owner"]

pytestmark = pytest.mark.django_db


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answers when all begin at the same moment; errors are answers too."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return act()
        except (DomainError, StaleVersion) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(one, acts))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_raters_and_a_chair_at_once_lose_nothing_and_open_nothing_half(attempt):
    at = table(customers=2)
    first, second = at.raters
    at.fill(first, "6")
    at.type(second, 0, "fit", "4")
    at.type(second, 0, "access", "4")
    at.type(second, 1, "fit", "4")

    changed, last, opened = at_once(
        lambda: at.type(first, 0, "fit", "9", version=1),
        lambda: at.type(second, 1, "access", "4"),
        lambda: release_round(round_id=at.round.pk, version=at.round.version, by=at.chair),
    )

    found = ScoringRound.objects.get()
    score = SheetScore.objects.get(rater=first, customer=at.customers[0], factor_key="fit").score
    assert score == (6 if isinstance(changed, DomainError) else 9)
    assert not isinstance(last, DomainError)
    assert SheetScore.objects.filter(rater=second, score=4).count() == 4
    assert found.is_blind == isinstance(opened, DomainError)
    if isinstance(changed, DomainError):
        assert not found.is_blind


@pytest.mark.django_db(transaction=True)
def test_chair_and_office_open_a_round_once():
    at = table(customers=1)
    for rater in at.raters:
        at.fill(rater, "6")

    answers = at_once(
        *(
            lambda by=by: release_round(round_id=at.round.pk, version=at.round.version, by=by)
            for by in (at.chair, at.office)
        )
    )

    assert sum(isinstance(answer, ScoringRound) for answer in answers) == 1
    assert sum(isinstance(answer, StaleVersion) for answer in answers) == 1


def test_a_stale_page_neither_opens_a_round_nor_changes_its_factors():
    at = table()
    wider = create_model(name="Attractiveness", factors=factors(KEYS[:3]), by=at.office)
    adopt_edition(round_id=at.round.pk, version=at.round.version, model_id=wider.pk, by=at.chair)

    for act in (
        lambda: release_round(round_id=at.round.pk, version=at.round.version, by=at.chair),
        lambda: adopt_edition(round_id=at.round.pk, version=at.round.version, model_id=at.model.pk, by=at.chair),
    ):
        with pytest.raises(StaleVersion):
            act()

    assert ScoringRound.objects.get().model == wider


def test_what_a_leaver_scored_still_counts_when_the_round_is_closed():
    at = table(customers=1)
    at.fill(at.raters[0], "8")
    at.type(at.raters[1], 0, "fit", "4")
    let_rater_leave(round_id=at.round.pk, user_id=at.raters[1].pk, today=TODAY, by=at.chair)
    found = release_round(round_id=at.round.pk, version=at.round.version, by=at.chair)
    close_round(round_id=found.pk, version=found.version, by=at.chair)
    request_scoring(by=at.office)
    run_jobs()

    assert Rating.objects.filter(rater=at.raters[1]).count() == 1
    assert CurrentScore.objects.get().score == (6 + 8) / 2


def test_a_factor_added_to_the_model_leaves_scores_and_lowers_coverage():
    at = table(customers=1)
    for key in KEYS[:2]:
        factor = ModelFactor.objects.get(model=at.model, key=key)
        rating = {"customer": at.customers[0], "rater": at.chair, "evidence": "told", "rated_on": date(2026, 1, 1)}
        Rating.objects.create(factor=factor, score=8, **rating)
    wider = create_model(name="Attractiveness", factors=factors(KEYS[:4]), by=at.office)
    put_into_force(model_id=wider.pk, version=wider.version, by=at.office)
    request_scoring(by=at.office)
    run_jobs()

    found = CurrentScore.objects.get()
    assert (found.score, found.coverage, found.provisional, found.rank) == (8, Decimal("0.5"), True, None)


def test_weights_of_a_customer_that_do_not_total_100_give_the_same_strength(customer, owner):
    whole = write_down(customer, owner)
    for factor in ViewFactor.objects.filter(customer=customer):
        views.save_factor(
            customer_id=customer.pk,
            factor_id=factor.pk,
            version=factor.version,
            values={"name": factor.name, "weight": factor.weight / 2},
            by=owner,
            today=TODAY,
        )
    whole.refresh_from_db()

    assert sum(ViewFactor.objects.values_list("weight", flat=True)) == 50
    assert (whole.ratio, whole.gap, whole.place) == (Decimal("1.0214"), Decimal("0.1500"), Decimal("52.5000"))
    assert (whole.is_strong, whole.confidence) == (True, Decimal(1))


@pytest.mark.parametrize(("count", "cut", "high"), [(7, "5.5", 7), (8, "6.5", 4)])
def test_seven_customers_have_no_median_and_eight_have(count, cut, high):
    at = table(customers=1, keys=KEYS[:1])
    factor = ModelFactor.objects.get(model=at.model)
    customers = [*at.customers, *(CustomerFactory() for _ in range(count - 1))]
    for place, one in enumerate(customers):
        score = 6 if place % 2 else 7
        Rating.objects.create(
            factor=factor, customer=one, rater=at.chair, score=score, evidence="told", rated_on=date(2026, 1, 1)
        )
    request_scoring(by=at.office)
    run_jobs()

    run = ScoringRun.objects.get()
    assert run.cut == Decimal(cut)
    assert CurrentScore.objects.filter(score__gte=run.cut).count() == high


def test_a_place_among_seven_is_no_score():
    at = table(customers=1, keys=KEYS[:1])
    place = {"kind": "place", "more_is_better": True}
    measured = [{"key": "sales", "kind": "metric", "metric": "sales_12_months", "weight": 100, "scale": place}]
    model = create_model(name="Measured", factors=measured, by=at.office)
    put_into_force(model_id=model.pk, version=model.version, by=at.office)
    for _ in range(6):
        CustomerFactory()
    request_scoring(by=at.office)
    run_jobs()

    assert set(CurrentScore.objects.values_list("score", "provisional", "rank")) == {(None, True, None)}
