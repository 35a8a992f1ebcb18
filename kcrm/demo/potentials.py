"""What the demo company's larger customers could buy, and the days there are to serve them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.models import User
from customers.models import Contact, Customer
from kcrm.demo.strengths import FURTHER
from profitability.models import SalesSummary
from selection.services.policies import estimate_potential, set_capacity

# Available sales of three years and yearly spend as multiples of a year's net sales, how we know, and from whom.
WORTH: Final = (
    ("4.8", "1.9", "told", "Category plan shown to us in the half-year review."),
    ("3.6", "1.5", "told", "招标文件中的三年采购量。"),
    ("6.5", "2.9", "observed", "Store count times the shelf that we could fill."),
    ("4.2", "1.7", "observed", "Trade panel, our categories only."),
    ("7.5", "3.1", "guess", "Twice the size of a customer like it."),
    ("5.4", "2.2", "told", "采购经理介绍的新店计划。"),
    ("3.4", "1.3", "observed", "Buys nearly everything from us already."),
    ("4.0", "1.6", "guess", "As its peers."),
    ("5.0", "2.4", "guess", "As its peers."),
    ("3.8", "1.5", "told", "Annual plan of its purchasing."),
    ("6.0", "2.6", "observed", "Trade panel, our categories only."),
    ("4.4", "1.8", "observed", "Store count times the shelf that we could fill."),
    ("4.0", "1.6", "guess", "As its peers."),
    ("5.5", "2.3", "guess", "As its peers."),
)
CAPACITY: Final = (
    ("key_account_manager", "620", "620"),
    ("inside_sales", "180", "380"),
    ("service", "165", "340"),
    ("technical", "130", "520"),
    ("logistics", "80", "360"),
)


def estimate(
    customers: Mapping[str, Customer], contacts: Mapping[str, Sequence[Contact]], ranking: Sequence[str], *, today: date
) -> None:
    """Let the owners of the largest customers say what these could buy."""
    places = [*range(len(WORTH)), *FURTHER]
    for place in (one for one in places if one < len(ranking)):
        key = ranking[place]
        available, spend, evidence, note = WORTH[place % len(WORTH)]
        customer = customers[key]
        net = Decimal(SalesSummary.objects.get(customer=customer).net_12m_units) / 10_000
        estimate_potential(
            customer_id=customer.pk,
            values={
                "available_sales": (net * Decimal(available)).quantize(Decimal("1E3")),
                "category_spend": (net * Decimal(spend)).quantize(Decimal("1E3")),
                "evidence": evidence,
                "note": note,
            },
            by=_owner(customer),
            today=today,
        )


def set_days(office: User) -> None:
    """Say how many days a year the functions have, and what a day costs."""
    for function, days, rate in CAPACITY:
        set_capacity(function=function, days_a_year=Decimal(days), day_rate=Decimal(rate), by=office)


def _owner(customer: Customer) -> User:
    owner: User = customer.account_team.memberships.get(level="owner").user
    return owner
