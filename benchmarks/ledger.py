"""The ledger: loading against bare COPY with the same indexes, roll-ups against one GROUP BY."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pgtrigger
import pytest
from django.db import connection

from accounts.models import User
from customers.models import Customer, ExternalId
from profitability.models import CustomerMonth, Product
from profitability.services import rollups
from profitability.services.ledger import load_ledger
from teams.models import AccountTeam, OrgUnit

LINES_OF_A_DOCUMENT = 5
PRODUCTS = 2_000
LATE_LINES = 20_000
HEADER = ("document", "line", "customer", "document_on", "product", "quantity", "unit_price", "discount", "freight")


def people_and_products(customers: int) -> User:
    unit = OrgUnit.objects.create(name="Bench", code="BENCH")
    teams = AccountTeam.objects.bulk_create([AccountTeam() for _number in range(customers)], batch_size=5_000)
    made = Customer.objects.bulk_create(
        [
            Customer(name=f"C{number}", name_key=f"c{number}", name_sort=f"c{number}", account_team=team, org_unit=unit)
            for number, team in enumerate(teams)
        ],
        batch_size=5_000,
    )
    ExternalId.objects.bulk_create(
        [ExternalId(customer=customer, source="erp", value=customer.name) for customer in made], batch_size=5_000
    )
    Product.objects.bulk_create([Product(source="erp", sku=f"P{n}", name=f"P{n}") for n in range(PRODUCTS)])
    return User.objects.create_user("bench@example.com", full_name="Bench", roles=["finance"])


def ledger_file(path: Path, lines: int, customers: int, *, first: int = 0) -> None:
    chance = random.Random(first)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for document in range(lines // LINES_OF_A_DOCUMENT):
            customer = f"C{chance.randrange(customers)}"
            day = f"{chance.choice((2023, 2024, 2025))}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            for line in range(1, LINES_OF_A_DOCUMENT + 1):
                price, share = f"{chance.randint(100, 99_999) / 100:.2f}", chance.choice(("0", "0.05", "0.15"))
                product = f"P{chance.randrange(PRODUCTS)}"
                writer.writerow(
                    (f"D{first + document}", line, customer, day, product, chance.randint(1, 40), price, share, "12.50")
                )


def resolved(path: Path, first_document: int) -> Iterator[bytes]:
    """The same lines with keys and amounts found beforehand, as bare COPY takes them."""
    customers = dict(ExternalId.objects.values_list("value", "customer_id"))
    products = dict(Product.objects.values_list("sku", "pk"))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            gross = round(float(row["unit_price"]) * int(row["quantity"]) * 10_000)
            net = round(gross * (1 - float(row["discount"])))
            values = (
                first_document + int(row["document"][1:]), row["line"], products[row["product"]],
                customers[row["customer"]], row["document_on"], row["quantity"],
                round(float(row["unit_price"]) * 10_000), gross, gross - net, net, "imported", net,
            )  # fmt: skip
            yield "\t".join(map(str, values)).encode() + b"\n"


COPY_DOCUMENTS = """COPY bench_document (id, source, number, kind, customer_id, document_on, posted_on, currency, rate,
    freight_units, salesperson_code) FROM STDIN"""
COPY_LINES = """COPY bench_line (document_id, line_no, product_id, customer_id, posted_on, quantity, unit_price_units,
    gross_units, discount_units, net_units, state, row_hash) FROM STDIN"""
DELTA = """
INSERT INTO bench_month AS m (customer_id, month, gross_units, discount_units, net_units, cost_units,
    costed_net_units, freight_units, quantity, lines, documents)
SELECT customer_id, date_trunc('month', posted_on::timestamp)::date, sum(gross_units), sum(discount_units),
    sum(net_units), 0, 0, 0, sum(quantity), count(*), count(DISTINCT document_id)
FROM bench_line WHERE document_id >= %s GROUP BY 1, 2
ON CONFLICT (customer_id, month) DO UPDATE SET net_units = m.net_units + excluded.net_units,
    gross_units = m.gross_units + excluded.gross_units, lines = m.lines + excluded.lines
"""
GROUP_BY = """
CREATE TEMPORARY TABLE bench_sums AS
SELECT customer_id, date_trunc('month', posted_on::timestamp)::date AS month, sum(gross_units) AS gross,
    sum(discount_units) AS discount, sum(net_units) AS net, sum(cost_units) AS cost, sum(quantity) AS quantity,
    count(*) AS lines
FROM profitability_ledgerline GROUP BY 1, 2
"""


def documents_of(path: Path) -> bytes:
    """The headers of the same lines, as bare COPY takes them."""
    customers = dict(ExternalId.objects.values_list("value", "customer_id"))
    headers = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day, number = row["document_on"], row["document"]
            headers[number] = (
                number[1:], "erp", number, "invoice", customers[row["customer"]], day, day, "USD", 1, 125_000, "",
            )  # fmt: skip
    return b"".join("\t".join(map(str, values)).encode() + b"\n" for values in headers.values())


def written(path: Path, rows: Iterator[bytes]) -> Path:
    """The rows in a file, so that neither side's memory counts them."""
    with path.open("wb") as file:
        file.writelines(rows)
    return path


def copied(cursor, path: Path) -> None:
    with path.open("rb") as file:
        cursor.copy_expert(COPY_LINES, file)


def peak_memory(*, anew: bool = False) -> float:
    """Most megabytes this process held since the last time it was asked to count anew (Linux)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


COPY_OF_LINES, COPY_OF_DOCUMENTS = "COPY of resolved lines, same indexes", "COPY of their documents, same indexes"
FIRST, AGAIN = "load_ledger, validated, with documents and roll-ups", "load_ledger of the same file again"
LATE_COPY, LATE_LOAD = "COPY and delta upsert of late lines", "load_ledger of late lines, all roll-ups"
GROUP, SOUND = "one bigint GROUP BY over all lines", "rebuild of customer months that are sound"
ANEW = "rebuild of customer months from nothing"
ROUNDS = 3


@pytest.mark.timeout(7_200)
@pytest.mark.django_db(transaction=True)
def test_ledger(size: int, report, tmp_path: Path) -> None:
    customers = max(1_000, min(100_000, size // 50))
    cursor = connection.cursor()
    cursor.execute("SET statement_timeout = 0")
    cursor.execute("SET max_parallel_workers_per_gather = 0")  # helpers' processor time could not be told
    with pgtrigger.ignore():  # their history is not what is timed
        by = people_and_products(customers)
    whole = tmp_path / "whole.csv"
    ledger_file(whole, size, customers)
    report.note(f"{size:,} lines, {size // LINES_OF_A_DOCUMENT:,} documents, {customers:,} customers")
    cursor.execute("ANALYZE")  # as autovacuum would have done
    cursor.execute("DROP TABLE IF EXISTS bench_line, bench_document, bench_month")
    cursor.execute("CREATE TABLE bench_line (LIKE profitability_ledgerline INCLUDING ALL)")
    cursor.execute("CREATE TABLE bench_document (LIKE profitability_ledgerdocument INCLUDING ALL)")
    cursor.execute("CREATE TABLE bench_month (LIKE profitability_customermonth INCLUDING ALL)")

    prepared = written(tmp_path / "lines", resolved(whole, 0))
    with report.timed(COPY_OF_LINES, size):
        copied(cursor, prepared)
    headers = documents_of(whole)
    with report.timed(COPY_OF_DOCUMENTS, size // LINES_OF_A_DOCUMENT):
        cursor.copy_expert(COPY_DOCUMENTS, io.BytesIO(headers))
    del headers
    before = peak_memory(anew=True)
    with report.timed(FIRST, size), whole.open("rb") as file:
        first = load_ledger(file, source="erp", by=by)
    assert first.created == size
    with report.timed(AGAIN, size), whole.open("rb") as file:
        again = load_ledger(file, source="erp", by=by)
    assert again.unchanged == size
    peak = peak_memory()

    cursor.execute("INSERT INTO bench_month OVERRIDING USER VALUE SELECT * FROM profitability_customermonth")
    cursor.execute("ANALYZE")
    for number in range(1, ROUNDS + 1):
        late, prepared = tmp_path / "late.csv", tmp_path / "late"
        ledger_file(late, LATE_LINES, customers, first=number * 10**9)
        written(prepared, resolved(late, 0))
        with report.timed(LATE_COPY, LATE_LINES):
            copied(cursor, prepared)
            cursor.execute(DELTA, [number * 10**9])
        with report.timed(LATE_LOAD, LATE_LINES), late.open("rb") as file:
            assert load_ledger(file, source="erp", by=by).created == LATE_LINES

    for _round in range(ROUNDS):
        cursor.execute("DROP TABLE IF EXISTS bench_sums")
        with report.timed(GROUP):
            cursor.execute(GROUP_BY)
        with report.timed(SOUND):
            assert rollups.rebuild_months() == 0
    CustomerMonth.objects.all().delete()
    with report.timed(ANEW):
        rollups.rebuild_months()
    with report.timed("refresh of all twelve-month summaries"):
        rollups.refresh_all()
    cursor.execute("DROP TABLE bench_line, bench_document, bench_month")

    share = {"goal": ">= 0.50", "is_share": True}
    report.compare("P11 load: share of COPY of lines", FIRST, COPY_OF_LINES, **share)
    report.compare("P11 load: share of COPY of lines and documents", FIRST, COPY_OF_LINES, COPY_OF_DOCUMENTS, **share)
    report.ratio("P11 memory of the loading process at most, MB", peak, "<= 300")
    report.ratio("P11 of which it had before, MB", before, "")
    report.compare("again: share of the first load's time", AGAIN, FIRST, goal="<= 0.33")
    report.compare("P13 rebuild of sound months: times one GROUP BY", SOUND, GROUP, goal="<= 1.50")
    report.rows.append(
        f"{'P13 from nothing: times one GROUP BY':<58}{report.seconds[ANEW] * ROUNDS / report.seconds[GROUP]:>9.2f}"
    )
    report.compare("P14 late lines: times COPY + delta", LATE_LOAD, LATE_COPY, goal="<= 1.50")
