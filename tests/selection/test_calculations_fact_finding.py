"""What to find out before a customer can stand on the matrix."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from selection.calculations.fact_finding import Gap, open_questions
from selection.calculations.relative_strength import Alternative, SupplierRating, relative_strength
from selection.calculations.scoring import Factor
from selection.calculations.supplier_evidence import EvidenceGrade, evidence_summary, solid_until

TODAY = date(2026, 7, 1)
RIVAL = (Alternative("rival"),)
FACTORS = [Factor("price", 60), Factor("service", 40)]


def found(ratings, *, alternatives=RIVAL, **more):
    return relative_strength(FACTORS, ratings, us="us", alternatives=alternatives, today=TODAY, **more)


def rating(supplier, factor, score=7, grade=EvidenceGrade.TOLD, on=TODAY):
    return SupplierRating(supplier, factor, score, grade, on)


def full(**more):
    return [rating(supplier, factor.key, **more) for supplier in ("us", "rival") for factor in FACTORS]


def test_without_factors_the_first_question_is_what_counts():
    assert [one.gap for one in open_questions(found([]), has_factors=False)] == [Gap.FACTORS]


def test_no_rival_named_asks_for_one():
    asked = open_questions(found([rating("us", "price"), rating("us", "service")], alternatives=()), has_factors=True)

    assert [one.gap for one in asked] == [Gap.ALTERNATIVE]


def test_a_sole_source_asks_what_the_customer_would_do_without_us():
    ratings = [rating("us", "price"), rating("us", "service")]

    asked = open_questions(found(ratings, alternatives=(), sole_source=True), has_factors=True)

    assert [one.gap for one in asked] == [Gap.WITHOUT_US]


def test_unscored_factors_are_asked_for_the_heaviest_first():
    asked = open_questions(found([]), has_factors=True)

    assert [(one.gap, one.factor) for one in asked] == [(Gap.FACTOR, "price"), (Gap.FACTOR, "service")]


def test_guesses_ask_for_confirmation_and_old_evidence_for_news():
    guessed = open_questions(found(full(grade=EvidenceGrade.GUESS)), has_factors=True)
    old = open_questions(found(full(on=date(2025, 1, 1))), has_factors=True)

    assert [one.gap for one in guessed] == [Gap.CONFIRMATION]
    assert [one.gap for one in old] == [Gap.NEWS]


def test_a_known_view_asks_nothing():
    assert open_questions(found(full()), has_factors=True) == ()


@given(
    ages=st.lists(st.one_of(st.none(), st.integers(0, 900)), min_size=1, max_size=6),
    weights=st.lists(st.integers(1, 50), min_size=6, max_size=6),
)
def test_the_last_solid_day_agrees_with_the_share_of_stale_weight(ages, weights):
    factors = [Factor(str(at), weights[at]) for at in range(len(ages))]
    ratings = [
        SupplierRating("us", str(at), 5, EvidenceGrade.TOLD, None if age is None else TODAY - timedelta(days=age))
        for at, age in enumerate(ages)
    ]
    last = solid_until(factors, ratings, suppliers=("us",))

    stale = evidence_summary(factors, ratings, suppliers=("us",), today=TODAY).stale

    assert stale is (last is None or last < TODAY)
