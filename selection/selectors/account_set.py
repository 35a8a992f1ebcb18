"""The customers that buy, as the portfolio's arithmetic takes them: quadrant, sales, days, owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import F

from accounts.models import User
from customers.querysets import visible_customers
from kcrm.lib.money import from_units
from selection.calculations.affordability import Candidate
from selection.calculations.balance import PortfolioAccount
from selection.calculations.load import Effort
from selection.calculations.quadrants import Quadrant
from selection.selectors.matrix import placed_customers
from selection.selectors.policies import owners_on

ACCOUNTS: Final = 5_000
CHOSEN: Final = frozenset({Quadrant.KEY, Quadrant.KEY_DEVELOPMENT})


@dataclass(frozen=True, slots=True)
class AccountSet:
    """The reader's portfolio. Accounts are keyed by the customer's number as text; `names` and `managers` put keys into
    words.

    `candidates` are the attractive ones for the question how many can be afforded. `whole` says whether every customer
    that buys is in it, or the largest five thousand.
    """

    accounts: Sequence[PortfolioAccount]
    candidates: Sequence[Candidate]
    efforts: Mapping[Quadrant, Effort]
    names: Mapping[str, str]
    managers: Mapping[str, str]
    countries: Mapping[str, str]
    currencies: Mapping[str, str]
    whole: bool


def accounts_of(user: User, efforts: Mapping[Quadrant, Effort], *, today: date) -> AccountSet:
    """All customers that buy and whose scores the reader sees, the placed ones in their quadrants; three statements."""
    places = {
        row["pk"]: row
        for row in placed_customers(user)
        .order_by()
        .values("pk", "quadrant", "current_score__score", "customer_view__ratio")
    }
    rows = list(
        visible_customers(user, "score")
        .order_by(
            F("customer_view__is_strong").asc(nulls_last=True), F("sales_summary__net_12m_units").desc(nulls_last=True)
        )
        .values("pk", "name", "country", "currency", "account_team", "sales_summary__net_12m_units")[: ACCOUNTS + 1]
    )
    whole = len(rows) <= ACCOUNTS
    rows = rows[:ACCOUNTS]
    owners = owners_on(today, [row["account_team"] for row in rows if row["pk"] in places])
    accounts, candidates, names = [], [], {}
    countries, currencies = {}, {}
    for row in rows:
        place = places.get(row["pk"])
        units = row["sales_summary__net_12m_units"]
        if place is None and not units:
            continue
        key = str(row["pk"])
        names[key], countries[key], currencies[key] = row["name"], row["country"], row["currency"]
        quadrant = Quadrant(place["quadrant"]) if place else None
        owner = owners.get(row["account_team"])
        accounts.append(
            PortfolioAccount(
                key=key,
                quadrant=quadrant,
                sales=from_units(units or 0),
                effort=efforts[quadrant] if quadrant else (),
                manager=str(owner[0]) if owner and quadrant else None,
            )
        )
        if place and quadrant in CHOSEN:
            attractiveness, ratio = place["current_score__score"], place["customer_view__ratio"]
            candidates.append(Candidate(key, float(attractiveness), float(ratio), efforts[quadrant]))
    return AccountSet(
        accounts=accounts,
        candidates=candidates,
        efforts=efforts,
        names=names,
        managers={str(user_id): name for user_id, name in owners.values()},
        countries=countries,
        currencies=currencies,
        whole=whole,
    )
