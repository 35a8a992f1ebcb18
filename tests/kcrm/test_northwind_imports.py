"""The tables of a company go in by their guessed columns, again with no changes, and out again without a trace."""

from __future__ import annotations

import csv
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from accounts.models import User
from customers.models import ImportBatch
from customers.services.imports import batches, running
from customers.services.imports.undoing import undo_batch
from profitability.models import LedgerLine
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "demo" / "northwind"
# file, what it is brought in as, by whom, what every row says besides, rows; people were invited before, and what the
# files call them is asked for once each
FILES = (
    ("employees", "people", "administrator", {}, 9),
    ("region", "units", "administrator", {}, 4),
    ("territories", "units", "administrator", {}, 53),
    ("employee_territories", "unit-places", "administrator", {}, 49),
    ("categories", "product-groups", "finance", {}, 8),
    ("products", "products", "finance", {}, 77),
    ("customers", "customers", "director", {}, 91),
    ("customers", "contacts", "director", {}, 91),
    ("suppliers", "customers", "director", {"relation": "manufacturer"}, 29),
    ("suppliers", "contacts", "director", {}, 29),
    ("shippers", "customers", "director", {"relation": "partner"}, 6),
    ("orders", "ledger-documents", "finance", {}, 830),
    ("order_details", "ledger-lines", "finance", {}, 2155),
)
OF_ONE_SYSTEM = {"region", "territories", "categories", "products", "customers", "orders", "order_details"}
TABLES = {
    "accounts_user": "full_name, job_title, phone, is_active, roles",
    "teams_unitassignment": "unit_id, user_id, kind, valid_from, valid_to",
    "teams_orgunit": "code, name, path",
    "profitability_productgroup": "source, code, name, description",
    "profitability_ledgerdocument": "source, number, kind, customer_id, document_on, due_on, shipped_on, freight_units",
    "profitability_ledgerline": "customer_id, posted_on, quantity, gross_units, discount_units, net_units, state",
    "profitability_customermonth": "customer_id, month, net_units, gross_units, freight_units, lines, documents",
    "profitability_salessummary": "customer_id, as_of_month, net_12m_units, documents_12m, lines_12m, products_12m",
    "profitability_product": "source, sku, name, list_price, unit, group_id IS NULL",
    "customers_customer": "name, relation, country, region, city, phone, website, org_unit_id, parent_id",
    "customers_site": "name, street, city, postal_code, customer_id",
    "customers_contact": "full_name, email, phone",
    "customers_contactrole": "job_title, contact_id",
    "customers_searchentry": "kind, words",
}
BINNED = {"customers_customer", "customers_site", "customers_contact"}


def content() -> str:
    """A hash over what the tables hold that people see."""
    found = []
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            alive = "WHERE deleted_at IS NULL" if table in BINNED else ""
            cursor.execute(f"SELECT {columns} FROM {table} {alive} ORDER BY {columns}")
            found.append((table, cursor.fetchall()))
        cursor.execute("SELECT source, value FROM customers_externalid WHERE released_at IS NULL ORDER BY 1, 2")
        found.append(("keys", cursor.fetchall()))
    return hashlib.sha256(repr(found).encode()).hexdigest()


@pytest.fixture
def people(tmp_path: Path, settings: Any) -> dict[str, User]:
    """Who brings which tables in."""
    settings.MEDIA_ROOT = tmp_path
    names = ("administrator", "finance", "director")
    found = {name: UserFactory(full_name=name.title(), roles=[name]) for name in names}
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=found["director"], kind="leader")
    with (FOLDER / "employees.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["employee_id"]] = UserFactory(full_name=f"{row['first_name']} {row['last_name']}", job_title="")
    return found


def brought_in(people: dict[str, User], name: str, thing: str, role: str, constants: dict[str, str]) -> ImportBatch:
    source, by = f"northwind-{name}", people[role]
    source = "northwind" if name in OF_ONE_SYSTEM else source
    with (FOLDER / f"{name}.csv").open("rb") as file:
        batch = batches.upload_file(importable=thing, file=file, name=f"{name}.csv", source=source, by=by)
    given = {key: getattr(batch, key) for key in ("mapping", "formats", "policy", "keys")}
    if thing == "unit-places":
        given["replacements"] = {"person": {key: person.email for key, person in people.items() if key.isdigit()}}
    batches.set_mapping(batch_id=batch.pk, version=batch.version, by=by, constants=constants, **given)
    return running.run_batch(batch_id=batch.pk, by=by)


def test_a_company_goes_in_again_without_changes_and_out_without_a_trace(people: dict[str, User]) -> None:
    empty = content()

    first = [brought_in(people, *given[:4]) for given in FILES]
    full, net = content(), LedgerLine.objects.aggregate(net=Sum("net_units"))["net"]
    second = [brought_in(people, *given[:4]) for given in FILES]
    again = content()
    for batch in reversed(first):
        undo_batch(batch_id=batch.pk, by=batch.created_by)

    counts = [(batch.created + batch.updated, batch.rejected) for batch in first]
    assert counts == [(given[4], 0) for given in FILES]
    assert round(Decimal(net) / 10_000, 2) == Decimal("1265793.04")
    counts = [(batch.created, batch.updated, batch.unchanged) for batch in second]
    assert counts == [(0, 0, given[4]) for given in FILES]
    assert (again, content()) == (full, empty)
    assert full != empty
