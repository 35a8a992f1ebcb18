"""Customers on the matrix, without the work of getting them there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from customers.models import Customer
from selection.models import CurrentScore, CustomerView, Score, ScoringRun
from tests.factories.customers import CustomerFactory

TODAY = date(2026, 7, 1)


def place(
    run: ScoringRun,
    score: float,
    gap: float,
    *,
    rank: int = 1,
    name: str | None = None,
    customer: Customer | None = None,
    **view: Any,
) -> Customer:
    """A customer on the matrix."""
    customer = customer or CustomerFactory(**({"name": name} if name else {}))
    source = Score.objects.create(run=run, customer=customer, score=Decimal(str(score)), rank=rank)
    CurrentScore.objects.create(customer=customer, source=source, score=source.score, rank=rank)
    CustomerView.objects.create(
        customer=customer,
        gap=Decimal(str(gap)),
        ratio=Decimal(1) + Decimal(str(gap)) / 10,
        is_strong=gap >= 0,
        best_name="Rival",
        is_hollow=False,
        solid_until=date(2027, 1, 1),
        **view,
    )
    return customer
