"""The demo's first scoring model, and what its people think of their customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from customers.models import Customer
from kcrm.demo.people import PROGRAMME, People
from selection.models import ModelFactor, ScoringModel
from selection.services.models import create_model, put_into_force
from selection.services.ratings import rate_customer
from selection.services.runs import request_scoring

PLACE: Final = {"kind": "place", "more_is_better": True}
FACTORS: Final[list[dict[str, Any]]] = [
    {"key": "sales_12_months", "kind": "metric", "metric": "sales_12_months", "weight": 25, "scale": PLACE, "horizon": "past_sales"},
    {"key": "sales_growth", "kind": "metric", "metric": "sales_growth", "weight": 15, "scale": PLACE, "horizon": "future"},
    {"key": "order_regularity", "kind": "metric", "metric": "order_regularity", "weight": 15, "scale": PLACE, "horizon": "present"},
    {"key": "breadth_of_range", "kind": "metric", "metric": "breadth_of_range", "weight": 15, "scale": PLACE, "horizon": "present"},
    {
        "key": "discount_share",
        "kind": "metric",
        "metric": "discount_share",
        "weight": 10,
        "scale": {"kind": "curve", "points": [[0, 10], [0.05, 8], [0.10, 5], [0.20, 1]]},
        "horizon": "past_sales",
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


def judge(people: People, customers: Mapping[str, Customer], ranking: list[str], *, today: date) -> ScoringModel:
    """Make the model, put it into force, let the owners of the larger customers and a colleague judge the fit."""
    office = people.employees[PROGRAMME]
    model = create_model(
        name="Attractiveness",
        purpose="Who is worth our people's days in the next three years: five figures of the ledger and one judgement.",
        factors=FACTORS,
        by=office,
    )
    put_into_force(model_id=model.pk, version=model.version, by=office)
    fit = ModelFactor.objects.get(model=model, key="strategic_fit")
    for place, key in enumerate(ranking[:60]):
        score = Decimal(9 - place * 6 // 60) - Decimal(place * 7 % 5) / 2
        raters: list[User] = [_owner(customers[key])]
        if place < 10:
            raters.append(people.employees["8"] if raters[0] != people.employees["8"] else people.employees["1"])
        for turn, rater in enumerate(raters):
            own = max(Decimal(1), min(Decimal(10), score - turn * (5 if key == "RATTC" else 1)))
            rate_customer(
                customer_id=customers[key].pk,
                factor_id=fit.pk,
                score=own,
                evidence=("told", "observed", "guess")[(place + turn) % 3],
                note=NOTES[(place + turn) % len(NOTES)],
                rated_on=today - timedelta(days=20 + place),
                by=rater,
            )
    request_scoring(by=office)
    return model


def _owner(customer: Customer) -> User:
    return customer.account_team.memberships.get(level="owner").user
