"""The demo's first scoring model, and what its people think of their customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_job
from kcrm.demo.people import DIRECTOR, PROGRAMME, People
from selection.models import ModelFactor, ScoringModel
from selection.services.editions import approve_edition, ask_for_force
from selection.services.models import create_model
from selection.services.ratings import rate_customer
from selection.services.runs import request_scoring

PLACE: Final = {"kind": "place", "more_is_better": True}
FACTORS: Final[list[dict[str, Any]]] = [
    {"key": "sales_12_months", "kind": "metric", "metric": "sales_12_months", "weight": 25, "scale": PLACE, "horizon": "past_sales"},
    {"key": "sales_growth", "kind": "metric", "metric": "sales_growth", "weight": 15, "scale": PLACE, "horizon": "future"},
    {"key": "breadth_of_range", "kind": "metric", "metric": "breadth_of_range", "weight": 15, "scale": PLACE, "horizon": "present"},
    {
        "key": "discount_share",
        "kind": "metric",
        "metric": "discount_share",
        "weight": 15,
        "scale": {"kind": "curve", "points": [[0, 10], [0.05, 8], [0.10, 5], [0.20, 1]]},
        "horizon": "past_sales",
    },
    {
        "key": "values_our_offer",
        "kind": "judged",
        "weight": 10,
        "horizon": "present",
        "anchors": {
            "1": "Would change for one per cent",
            "4": "Likes us at the same price",
            "7": "Pays for service and range",
            "10": "Recommends us to others",
        },
    },
    {
        "key": "strategic_fit",
        "kind": "judged",
        "weight": 20,
        "horizon": "future",
        "anchors": {
            "1": "Buys what anybody sells",
            "4": "One category fits us",
            "7": "Shares our growth plans",
            "10": "Builds its range with us",
        },
    },
]  # fmt: skip
NOTES: Final = (
    "Told us about two new stores and asked for our range first.",
    "Wants own-label condiments; we can make them.",
    "Category plan for next year names us as partner.",
    "Buys on price, switched supplier twice in three years.",
    "New owner; plans are not known yet.",
)
# What became of the fit since last quarter, by place in the order of net sales.
MOVED: Final = {1: "1.5", 2: "-2", 5: "2", 8: "-1.5", 11: "2.5", 14: "1", 17: "-2", 24: "2", 31: "-1"}


def design(people: People) -> ScoringModel:
    """Make the first scoring model; the office asks for it and a director puts it into force."""
    office = people.employees[PROGRAMME]
    model = create_model(
        name="Attractiveness",
        purpose="Who is worth our people's days in the next three years: four figures of the ledger, two judgements.",
        factors=FACTORS,
        by=office,
    )
    asked = ask_for_force(model_id=model.pk, version=model.version, by=office)
    remark = "Two judgements are few; look again after the first quarter."
    return approve_edition(model_id=model.pk, version=asked.version, remark=remark, by=people.employees[DIRECTOR])


def judge(
    people: People, customers: Mapping[str, Customer], ranking: list[str], model: ScoringModel, *, today: date
) -> None:
    """Let the owners of the larger customers and a colleague judge how well these fit us."""
    fit = ModelFactor.objects.get(model=model, key="strategic_fit")
    for place, key in enumerate(ranking[:60]):
        raters: list[User] = [_owner(customers[key])]
        if place < 10:
            raters.append(people.employees["8"] if raters[0] != people.employees["8"] else people.employees["1"])
        for turn, rater in enumerate(raters):
            own = _bounded(_fit_of(place) - turn * (5 if key == "RATTC" else 1))
            _rate(customers[key], fit, own, place + turn, by=rater, today=today - timedelta(days=place))


def judge_again(customers: Mapping[str, Customer], ranking: list[str], model: ScoringModel, *, today: date) -> None:
    """Let the owners say where the fit has moved since they judged it first."""
    fit = ModelFactor.objects.get(model=model, key="strategic_fit")
    for place, by_how_much in MOVED.items():
        if place < len(ranking):
            customer = customers[ranking[place]]
            own = _bounded(_fit_of(place) + Decimal(by_how_much))
            _rate(customer, fit, own, place + 1, by=_owner(customer), today=today - timedelta(days=5 + place))


def score_everybody(people: People) -> Job:
    """Score all customers now, as the worker would, so that nobody who signs in finds an empty picture."""
    job = request_scoring(by=people.employees[PROGRAMME])
    done = run_job(job.pk, own_thread=False)
    if done is None or done.state != "succeeded":
        raise RuntimeError(f"The demo could not be scored: {done and done.error}")
    return done


def _fit_of(place: int) -> Decimal:
    return Decimal(9 - place * 6 // 60) - Decimal(place * 7 % 5) / 2


def _bounded(score: Decimal) -> Decimal:
    return max(Decimal(1), min(Decimal(10), score))


def _rate(customer: Customer, factor: ModelFactor, score: Decimal, turn: int, *, by: User, today: date) -> None:
    rate_customer(
        customer_id=customer.pk,
        factor_id=factor.pk,
        score=score,
        evidence=("told", "observed", "guess")[turn % 3],
        note=NOTES[turn % len(NOTES)],
        rated_on=today,
        by=by,
    )


def _owner(customer: Customer) -> User:
    return customer.account_team.memberships.get(level="owner").user
