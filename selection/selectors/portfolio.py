"""How many customers a person sees, what they buy, and how that spreads over the tiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast, Now

from customers.models import Customer
from customers.querysets import visible_customers
from customers.querysets.customers import Ground, ground_of
from kcrm.lib.prepared import Prepared
from selection.models import PortfolioCell

if TYPE_CHECKING:
    from accounts.models import User

FRESH: Final = timedelta(minutes=15)
MANY: Final = 5_000
UNITS = "sales_summary__net_12m_units"


@dataclass(frozen=True, slots=True)
class Sums:
    """Customers and their sales in ledger units; `buying` and `squares` over those with net sales above zero."""

    customers: int = 0
    net: int = 0
    prior: int = 0
    buying: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.customers + other.customers,
            self.net + other.net,
            self.prior + other.prior,
            self.buying + other.buying,
            self.squares + other.squares,
        )


def portfolio_sums(user: User, *, within: QuerySet[Customer] | None = None) -> Mapping[str, Sums]:
    """The sums by tier ("" for customers without one) of the customers whose score this person may read.

    `within` are customers that the person sees, narrowed by a filter: these are added up on the spot.

    Added up on the spot, but for those who direct very many: theirs come from the cells of their units, which are a
    few minutes old. Which units these are is decided now.
    """
    if within is not None:
        return _added_up(within)
    ground = ground_of(user, "score")
    if getattr(user, "api_token", None) is None and (ground.everywhere or ground.units):
        known = _from_cells(ground)
        if sum(sums.customers for sums in known.values()) > MANY:
            for tier, sums in _added_up(_outside(ground)).items() if ground.teams else ():
                known[tier] = known.get(tier, Sums()) + sums
            return known
    return _added_up(visible_customers(user, "score"))


def _from_cells(ground: Ground) -> dict[str, Sums]:
    rows = _cells_of(ground).fetch()
    return {tier: Sums(int(count), int(net), int(prior), *rest) for tier, count, net, prior, *rest in rows}


@lru_cache(maxsize=2_000)
def _cells_of(ground: Ground) -> Prepared:
    cells = PortfolioCell.objects.filter(computed_at__gt=Now() - FRESH)
    if not ground.everywhere:
        cells = cells.filter(org_unit__in=ground.units)
    figures = ("customers", "net_units", "prior_units", "buying_units", "squares")
    return Prepared(cells.order_by().values_list("tier").annotate(*(Sum(name) for name in figures)))


def _outside(ground: Ground) -> QuerySet[Customer]:
    """Customers of the person's own account teams that stand in other units."""
    rows: Any = Customer.objects.alive()
    return rows.filter(account_team__in=ground.teams).exclude(org_unit__in=ground.units)  # type: ignore[no-any-return]  # the stubs say Any


def _added_up(rows: QuerySet[Customer]) -> dict[str, Sums]:
    units, buys = Cast(F(UNITS), FloatField()), Q(**{f"{UNITS}__gt": 0})
    found = rows.order_by().values_list("current_score__tier").annotate(
        Count("pk"), Sum(UNITS), Sum("sales_summary__prior_12m_units"),
        buying=Sum(units, filter=buys), squares=Sum(units * units, filter=buys),
    )  # fmt: skip
    known: dict[str, Sums] = {}
    for tier, count, net, prior, buying, squares in found:
        sums = Sums(count, int(net or 0), int(prior or 0), buying or 0.0, squares or 0.0)
        known[tier or ""] = known.get(tier or "", Sums()) + sums
    return known
