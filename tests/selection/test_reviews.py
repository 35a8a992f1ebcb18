"""Which decisions have to be looked at again: each reason at its edge, who sees it, who is told and how often."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from jobs.models import Notification
from selection.calculations.drift import (
    DevelopmentVerdict,
    MatrixPosition,
    ReviewCadence,
    development_verdict,
    drift,
    review_due,
)
from selection.calculations.quadrants import Quadrant
from selection.models import (
    Classification,
    CurrentScore,
    CustomerView,
    Decision,
    DecisionLine,
    PositionPoint,
    ScoringRun,
    Snapshot,
    SnapshotRow,
)
from selection.review_words import REVIEW_REASONS
from selection.selectors.reviews import ReviewReason, review_count, reviews_everywhere, with_reviews
from selection.services.reviews import tell_reviews
from tests import personas
from tests.selection.placing import place

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PAGE = "/selection/reviews-due/"


@pytest.fixture
def decision(run: ScoringRun, office: User) -> Decision:
    """One in force, on a snapshot, from a month ago."""
    snapshot = Snapshot.objects.create(name="2026 Q3", run=run, cut=Decimal("5.5"), made_by=office)
    return Decision.objects.create(
        title="Key accounts", snapshot=snapshot, state="in_force", effective_on=TODAY - timedelta(days=30),
        drafted_by=office, decided_by=personas.auditor(),
    )  # fmt: skip


def decided(
    decision: Decision, customer: Customer, score: float | None, gap: float | None, quadrant: str, **line: Any
) -> Customer:
    """The customer decided on as it stood: attractiveness, gap, quadrant."""
    since = line.pop("since", decision.effective_on)
    SnapshotRow.objects.create(
        snapshot=decision.snapshot, customer=customer, score=score, rank=None if score is None else 1, gap=gap,
        quadrant=quadrant,
    )  # fmt: skip
    values = {"calculated": quadrant, "chosen": quadrant} | line
    made = DecisionLine.objects.create(decision=decision, customer=customer, **values)
    Classification.objects.create(customer=customer, kind=made.chosen, since=since, line=made)
    return customer


def reasons(customer: Customer, today: date = TODAY) -> list[str]:
    found: list[str] = with_reviews(Customer.objects.filter(pk=customer.pk), today=today).get().reasons
    return found


@pytest.mark.parametrize(
    ("score", "gap", "expected"),
    [
        (7.34, -0.34, []),
        (7.35, 0.15, ["attractiveness_moved"]),
        (6.35, 0.15, ["attractiveness_moved"]),
        (6.85, 0.64, []),
        (6.85, 0.65, ["strength_moved"]),
        (6.85, -0.35, ["strength_moved", "quadrant_changed"]),
        (5.4, 0.15, ["attractiveness_moved", "quadrant_changed"]),
    ],
)
def test_a_move_of_half_a_point_or_another_quadrant_calls_for_a_review(run, decision, score, gap, expected):
    quadrant = "key_development" if gap == -0.34 else "key"
    customer = decided(decision, place(run, score, gap), 6.85, 0.15, quadrant)
    assert reasons(customer) == expected


@pytest.mark.parametrize("score", [4.9, 5.5, 6.85, 7.34, 7.35])
@pytest.mark.parametrize("gap", [None, -0.35, -0.34, 0.15, 0.65])
def test_the_statement_finds_what_the_calculation_finds(run, decision, score, gap):
    customer = place(run, score, gap or 0)
    if gap is None:
        CustomerView.objects.filter(customer=customer).update(is_strong=None, gap=None, ratio=None)
    decided(decision, customer, 6.85, 0.15, "key")
    row = with_reviews(Customer.objects.filter(pk=customer.pk), today=TODAY).get()
    now = MatrixPosition(
        float(row.now_score),
        None if row.now_gap is None else float(row.now_gap),
        Quadrant(row.now_quadrant) if row.now_quadrant else None,
    )
    found = drift(MatrixPosition(6.85, 0.15, Quadrant.KEY), now)
    assert set(row.reasons) == {one.code.value for one in found}


def test_strength_that_is_no_longer_known_and_a_first_position(run, decision):
    lost = decided(decision, place(run, 6.85, 0.15), 6.85, 0.15, "key")
    CustomerView.objects.filter(customer=lost).update(is_strong=None)
    assert reasons(lost) == ["strength_no_longer_known"]
    by_hand = place(run, 9, 2)
    later = TODAY + timedelta(days=200)
    decided(decision, by_hand, None, None, "", chosen="key", reason="We know them.", override_until=later)
    assert reasons(by_hand) == []


@pytest.mark.parametrize(
    ("former", "ratio", "verdict"),
    [
        ("0.90", "0.95", DevelopmentVerdict.GO_ON),
        ("0.90", "0.949", DevelopmentVerdict.DECIDE_AGAIN),
        (None, "0.949", None),
        ("0.90", "1.00", DevelopmentVerdict.ARRIVED),
    ],
)
def test_development_goes_on_stalls_or_arrives(run, decision, former, ratio, verdict):
    year_ago = TODAY - timedelta(days=366)
    customer = decided(decision, place(run, 7, -0.5), 7, -0.5, "key_development", since=year_ago)
    CustomerView.objects.filter(customer=customer).update(ratio=Decimal(ratio))
    if former:
        PositionPoint.objects.create(customer=customer, on=year_ago, ratio=Decimal(former))
    quarters = [float(former) if former else None, None, None, None, float(ratio)]
    assert development_verdict(quarters) is verdict
    words = {
        DevelopmentVerdict.ARRIVED: ["development_arrived"],
        DevelopmentVerdict.DECIDE_AGAIN: ["development_stalled"],
    }
    assert reasons(customer) == words.get(verdict or "", [])
    if verdict is DevelopmentVerdict.DECIDE_AGAIN:  # a class of less than four quarters has no verdict yet
        Classification.objects.update(since=TODAY - timedelta(days=300))
        assert reasons(customer) == []


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, ["override_expired"]), (0, ["override_near"]), (30, ["override_near"]), (31, [])]
)
def test_an_exception_holds_up_to_and_on_its_last_day(run, decision, days, expected):
    last = TODAY + timedelta(days=days)
    line = {"chosen": "key", "reason": "They open forty stores.", "override_until": last}
    customer = decided(decision, place(run, 4, 1), 4, 1, "maintenance", **line)
    assert reasons(customer) == expected


def test_a_decision_of_more_than_twelve_months_is_due(run, decision):
    customer = decided(decision, place(run, 8, 1), 8, 1, "key")
    for day, due in ((date(2026, 6, 30), False), (date(2026, 7, 1), True)):
        Decision.objects.update(effective_on=date(2025, 7, 1))
        assert review_due(date(2025, 7, 1), cadence=ReviewCadence.KAISM, today=day) is due
        assert (reasons(customer, today=day) == ["rhythm"]) is due


def test_the_page_answers_filters_and_sorts(client, office, run, decision):
    decided(decision, place(run, 8, 1, name="Calm"), 8, 1, "key")
    decided(decision, place(run, 7, 1, name="Fallen"), 8, 1, "key")
    turned = decided(decision, place(run, 8, -0.4, name="Turned"), 8, 0.6, "key")
    client.force_login(office)
    text = client.get(PAGE).content.decode()
    assert "2 of 3 decisions should be looked at again." in text
    assert "Calm" not in text
    assert text.index("Turned") < text.index("Fallen")  # two reasons before one
    assert "8.00 → 7.00" in text
    assert "+0.60 → -0.40" in text.replace("−", "-")
    assert f"/selection/customers/{turned.pk}/" in text
    only = client.get(PAGE, {"reason": "attractiveness_moved"}).content.decode()
    assert "Fallen" in only
    assert "Turned" not in only
    upwards = client.get(PAGE, {"sort": "-gap"}).content.decode()
    assert upwards.index("Turned") < upwards.index("Fallen")


def test_rest_answers_with_the_same_rows(client, office, run, decision):
    fallen = decided(decision, place(run, 7, 1, name="Fallen"), 8, 1, "key")
    decided(decision, place(run, 8, 1, name="Calm"), 8, 1, "key")
    client.force_login(office)
    answer = client.get("/api/v1/reviews-due/?reason=attractiveness_moved&fields=id,reasons,then_score,attractiveness")
    none = client.get("/api/v1/reviews-due/?reason=rhythm")
    assert answer.json()["results"] == [
        {"id": fallen.pk, "reasons": ["attractiveness_moved"], "then_score": "8.0000", "attractiveness": "7.0000"}
    ]
    assert none.json()["count"] == 0


def test_who_may_carry_customers_away_takes_the_list_as_a_file(client, run, decision):
    customer = decided(decision, place(run, 7, 1, name="Fallen"), 8, 1, "key")
    client.force_login(personas.director(customer))
    taken = client.get(PAGE, {"export": "csv"})
    text = b"".join(taken.streaming_content).decode() if taken.streaming else taken.content.decode()
    assert "Fallen" in text
    assert "Attractiveness moved" in text
    client.force_login(personas.team_reader(customer))
    assert client.get(PAGE, {"export": "csv"}).status_code == 403


def test_the_share_of_exceptions_is_said_with_its_limit(client, office, run, decision):
    later = TODAY + timedelta(days=100)
    line = {"chosen": "key", "reason": "They open forty stores.", "override_until": later}
    decided(decision, place(run, 4, 1), 4, 1, "maintenance", **line)
    decided(decision, place(run, 8, 1), 8, 1, "key")
    client.force_login(office)
    assert "50\xa0% stand against the figures, more than the 20\xa0%" in client.get(PAGE).content.decode()
    assert review_count(office, today=TODAY).overrides.share == 0.5


def test_each_sees_the_accounts_in_sight_only(client, run, decision):
    mine = place(run, 7, 1, name="Mine")
    people = personas.everybody(mine)
    decided(decision, mine, 8, 1, "key")
    decided(decision, place(run, 7, 1, name="Elsewhere"), 8, 1, "key")
    client.force_login(people["account_manager"])
    text = client.get(PAGE).content.decode()
    assert "Mine" in text
    assert "Elsewhere" not in text
    assert "1 of 1 decision should be looked at again." in text


def test_each_is_told_once_for_each_decision_and_reason(run, decision, office):
    customer = place(run, 7, 1, name="Fallen")
    people = personas.everybody(customer)
    decided(decision, customer, 8, 1, "key")
    decided(decision, place(run, 8, 1, name="Calm"), 8, 1, "key")
    assert tell_reviews(today=TODAY) > 0
    assert tell_reviews(today=TODAY) == 0
    told = Notification.objects.filter(user=people["account_manager"], kind="selection.review-due")
    assert [one.customer_id for one in told] == [customer.pk]
    assert Notification.objects.filter(user=office, kind="selection.review-due").count() == 1
    CurrentScore.objects.filter(customer=customer).update(score=5)
    assert tell_reviews(today=TODAY + timedelta(days=1)) > 0  # another quadrant is another reason
    assert told.all().count() == 2
    assert tell_reviews(today=TODAY + timedelta(days=2)) == 0


def test_the_page_needs_a_constant_number_of_statements(
    client, office, run, decision, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(office)
    for one in range(12):
        decided(decision, place(run, 7, 1, name=f"Number {one}"), 8, 1, "key")
    with django_assert_max_num_queries(16):
        client.get(PAGE)
    with django_assert_num_queries(1):
        assert len(reviews_everywhere(today=TODAY)) == 12


def test_every_reason_has_words():
    assert set(REVIEW_REASONS) == set(ReviewReason)
