"""Scoring all customers on twelve factors: the arithmetic against bare numpy, all of it against fetch and COPY."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pgtrigger
import pytest
from django.db import connection, transaction

from accounts.models import User
from customers.models import Customer
from profitability.models import SalesSummary
from selection.calculations.bulk import bulk_scores
from selection.models import CurrentScore, ScoringModel, ScoringRun
from selection.selectors.figure_table import COLUMNS as FIGURES
from selection.selectors.figures import AVAILABLE
from selection.services.models import create_model
from selection.services.scored_rows import COLUMNS
from selection.services.scoring import score_all
from teams.models import AccountTeam, OrgUnit
from tests.selection.approving import put_into_force

FACTORS = 12
ALL, AGAIN = "score_all: figures, scores, explanations, into force", "score_all again, nobody moves"
NUMPY, BULK = "Numpy: weighted mean with gaps, rank", "bulk_scores: coverage, knock-outs, ranks"
CURVES = {
    "sales_12_months": [[0, 1], [500_000, 10]],
    "sales_growth": [[-1, 1], [1, 10]],
    "order_regularity": [[0, 1], [1, 10]],
    "breadth_of_range": [[0, 1], [1, 10]],
    "discount_share": [[0, 10], [0.3, 1]],
}


def customers_with_figures(count: int) -> None:
    unit = OrgUnit.objects.create(name="Bench", code="BENCH")
    teams = AccountTeam.objects.bulk_create([AccountTeam() for _number in range(count)], batch_size=5_000)
    made = Customer.objects.bulk_create(
        [
            Customer(name=f"C{number}", name_key=f"c{number}", name_sort=f"c{number}", account_team=team, org_unit=unit)
            for number, team in enumerate(teams)
        ],
        batch_size=5_000,
    )
    chance = np.random.default_rng(1)
    sales = chance.integers(0, 5_000_000_000, count)
    growth, discount = chance.uniform(-1, 1, count).round(4), chance.uniform(0, 0.3, count).round(4)
    SalesSummary.objects.bulk_create(
        [
            SalesSummary(
                customer=customer, as_of_month="2026-01-01", net_12m_units=int(sales[at]), growth=str(growth[at]),
                discount_share=str(discount[at]), product_groups_12m=at % 9, documents_12m=at % 40, intervals_12m=10,
                interval_days=300, interval_squares=9_000 + at % 2_000,
            )
            for at, customer in enumerate(made)
        ],
        batch_size=5_000,
    )  # fmt: skip


def model_of_twelve(by: User) -> ScoringModel:
    factors = []
    for number in range(FACTORS):
        metric = str(AVAILABLE[number % len(AVAILABLE)])
        place = {"kind": "place", "more_is_better": True}
        scale = {"kind": "curve", "points": CURVES[metric]} if number % 2 else place
        weight = 12 if number == 0 else 8
        factors.append({"key": f"f{number}", "kind": "metric", "metric": metric, "scale": scale, "weight": weight})
    made = create_model(name="Bench", factors=factors, by=by)
    return put_into_force(model_id=made.pk, version=made.version, by=by)


@pytest.mark.timeout(7_200)
@pytest.mark.django_db(transaction=True)
def test_scoring(size: int, report) -> None:
    cursor = connection.cursor()
    cursor.execute("SET statement_timeout = 0")
    with pgtrigger.ignore():  # their history is not what is timed
        customers_with_figures(size)
    by = User.objects.create_user("bench@example.com", full_name="Bench", roles=["programme_office"])
    model = model_of_twelve(by)
    cursor.execute("ANALYZE")
    job: Any = SimpleNamespace(progress=lambda *_done: None, atomic=transaction.atomic)

    run = ScoringRun.objects.create(model=model, key="bench")
    with report.timed(ALL, size):
        score_all(run_id=run.pk, job=job)
    assert CurrentScore.objects.count() == size
    again = ScoringRun.objects.create(model=model, key="again")
    with report.timed(AGAIN, size):
        score_all(run_id=again.pk, job=job)

    names = ", ".join(f'"{name}"' for name in COLUMNS)
    kept = io.StringIO()
    cursor.copy_expert(f"COPY (SELECT {names} FROM selection_score WHERE run_id = {again.pk}) TO STDOUT", kept)
    cursor.execute("CREATE TABLE bench_score (LIKE selection_score INCLUDING ALL)")
    cursor.execute("CREATE TABLE bench_current (LIKE selection_currentscore INCLUDING ALL)")
    kept.seek(0)
    figures = ", ".join(FIGURES.values())
    with report.timed("Floor: fetch the figures", size):
        cursor.execute(f"SELECT customer_id, {figures} FROM profitability_salessummary")
        cursor.fetchall()
    with report.timed("Floor: COPY the finished rows, same indexes", size):
        cursor.copy_expert(f"COPY bench_score ({names}) FROM STDIN", kept)
    with report.timed("Floor: put them into force", size):
        cursor.execute(
            """INSERT INTO bench_current
               (customer_id, source_id, score, "index", coverage, provisional, knocked_out, rank, tier)
               SELECT customer_id, id, score, "index", coverage, provisional, knocked_out, rank, tier
               FROM bench_score"""
        )
    for what, label in ((ALL, "first"), (AGAIN, "again")):
        floors = [one for one in report.seconds if one.startswith("Floor")]
        report.compare(f"P15 all of it, {label}: times the floors", what, *floors, goal="<= 1.5")

    table = np.random.default_rng(2).uniform(1, 10, (size, FACTORS))
    weights, minimums = np.full(FACTORS, 100 / FACTORS), np.full(FACTORS, np.nan)
    with report.timed(NUMPY, size):
        known = ~np.isnan(table)
        mean = (np.where(known, table, 0) @ weights) / (known @ weights)
        np.argsort(-mean, kind="stable")
    with report.timed(BULK, size):
        bulk_scores(table, weights, minimums)
    report.compare("P15 arithmetic: times numpy", BULK, NUMPY, goal="<= 5")
    cursor.execute("DROP TABLE bench_score, bench_current")
