"""The months of the ledger: what each holds, and whether its books are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Sum

from kcrm.lib.periods import Window
from profitability.models import CustomerMonth, PeriodClose


@dataclass(frozen=True, slots=True)
class LedgerMonth:
    """What all customers bought in a month, in ledger units; `closed` while its books are."""

    month: date
    customers: int
    documents: int
    lines: int
    net_units: int
    freight_units: int
    closed: PeriodClose | None
    is_over: bool

    @property
    def is_open(self) -> bool:
        """Whether lines may still enter it."""
        return self.closed is None


@dataclass(frozen=True, slots=True)
class LedgerYear:
    """The months of one year that hold anything or are closed, the newest first, and the years there are."""

    year: int
    years: tuple[int, ...]
    months: tuple[LedgerMonth, ...]
    oldest_open: date | None


def ledger_year(year: int | None, *, today: date) -> LedgerYear | None:
    """The months of a year, of the newest one for None; None for a ledger that holds nothing."""
    ends = CustomerMonth.objects.aggregate(first=Min("month"), last=Max("month"))
    if ends["last"] is None:
        return None
    years = tuple(range(ends["last"].year, ends["first"].year - 1, -1))
    chosen = year if year in years else years[0]
    window = Window(date(chosen, 1, 1), date(chosen, 12, 1))
    closed = {close.month: close for close in PeriodClose.objects.within(window).select_related("closed_by")}
    sums = (
        CustomerMonth.objects.within(window)
        .order_by()
        .values("month")
        .annotate(
            customers=Count("customer"),
            all_documents=Sum("documents"),
            all_lines=Sum("lines"),
            net=Sum("net_units"),
            freight=Sum("freight_units"),
        )
    )
    months = tuple(
        LedgerMonth(
            month=row["month"],
            customers=row["customers"],
            documents=row["all_documents"],
            lines=row["all_lines"],
            net_units=int(row["net"]),
            freight_units=int(row["freight"]),
            closed=closed.get(row["month"]),
            is_over=row["month"] < today.replace(day=1),
        )
        for row in sums.order_by("-month")
    )
    waiting = [month.month for month in months if month.is_open and month.is_over]
    return LedgerYear(chosen, years, months, min(waiting, default=None))
