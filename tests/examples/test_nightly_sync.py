"""The worked example of docs/integration.md, run as a company would: a program, a token, files, a server."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from accounts.services.tokens import create_token
from customers.models import Customer
from customers.services.customers import update_customer
from feed.services.outbox import publish
from kcrm.lib.money import from_units, round_money
from profitability.models import LedgerLine, Product
from tests.factories.accounts import UserFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

ROOT = Path(settings.BASE_DIR)
NORTHWIND = ROOT / "demo" / "northwind"
SCOPES = ["accounts:read", "accounts:write", "contacts:read", "activities:read", "erp:facts:write"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def integration() -> User:
    """The account of the ERP: brings in customers as the director of all, facts as finance."""
    user: User = UserFactory(full_name="ERP", roles=["director", "finance"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """Northwind's files as the ERP would export them for this program."""
    folder = tmp_path / "erp"
    folder.mkdir()
    write(folder / "groups.csv", [{"code": r["category_id"], "name": r["category_name"]} for r in read("categories")])
    write(
        folder / "products.csv",
        [
            {
                "sku": r["product_id"],
                "name": r["product_name"],
                "group": r["category_id"],
                "list_price": r["unit_price"],
            }
            for r in read("products")
        ],
    )
    write(
        folder / "customers.csv",
        [
            {"key": r["customer_id"], "name": r["company_name"], "unit": "HQ", "city": r["city"], "phone": r["phone"]}
            for r in read("customers")
        ],
    )
    orders = {r["order_id"]: r for r in read("orders")}
    write(
        folder / "invoices.csv",
        [
            {
                "document": r["order_id"],
                "line": r["product_id"],
                "customer": orders[r["order_id"]]["customer_id"],
                "document_on": orders[r["order_id"]]["order_date"],
                "product": r["product_id"],
                "quantity": r["quantity"],
                "unit_price": r["unit_price"],
                "discount": r["discount"],
            }
            for r in read("order_details")
        ],
    )
    write(folder / "payments.csv", [{"document": "10248", "paid_on": "1996-08-01", "amount": "440"}])
    return folder


def read(name: str) -> list[dict[str, str]]:
    with (NORTHWIND / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Iterable[dict[str, str]]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_night_brings_everything_in_and_the_next_only_what_changed(
    live_server: Any, integration: User, exported: Path, tmp_path: Path
):
    _token, secret = create_token(name="ERP", scopes=SCOPES, by=integration)
    kept = tmp_path / "kept"

    def night() -> dict[str, int]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "examples" / "nightly_sync.py"), str(exported), str(kept)],
            env=os.environ | {"KCRM_URL": live_server.url, "KCRM_TOKEN": secret},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        return {name: int(count) for name, _colon, count in (line.partition(":") for line in done.stdout.splitlines())}

    first = night()

    net = sum(LedgerLine.objects.values_list("net_units", flat=True))
    assert (first["customers"], first["products"], first["invoices"]) == (91, 77, 2155)
    assert first["rejected"] == 0, (kept / "rejected.csv").read_text("utf-8")
    assert (Customer.objects.count(), Product.objects.count()) == (91, 77)
    assert round_money(from_units(net)) == Decimal("1265793.04")
    assert first["payments left out"] == 1

    customer = Customer.objects.get(external_ids__value="ALFKI")
    publish()
    update_customer(customer_id=customer.pk, version=None, values={"region": "Nord"}, by=integration)
    publish()
    text = (exported / "customers.csv").read_text("utf-8").replace("Around the Horn", "Around the Cape")
    (exported / "customers.csv").write_text(text, "utf-8")
    second = night()

    assert (second["customers"], second["products"], second["invoices"]) == (1, 0, 0)
    assert Customer.objects.filter(name="Around the Cape").count() == 1
    told = [json.loads(line) for line in (kept / "changes.ndjson").read_text("utf-8").splitlines()]
    (edited,) = [row for row in told if row["fields_changed"] == ["region"]]
    assert (edited["type"], edited["id"]) == ("customer.updated", customer.pk)
    assert edited["record"]["region"] == "Nord"
    assert edited["record"]["external_ids"] == [{"source": "erp", "value": "ALFKI"}]


def test_a_row_that_is_refused_is_named_and_holds_up_no_other(
    live_server: Any, integration: User, exported: Path, tmp_path: Path
):
    _token, secret = create_token(name="ERP", scopes=SCOPES, by=integration)
    rows = read("customers")[:3]
    write(
        exported / "customers.csv",
        [
            {"key": r["customer_id"], "name": r["company_name"], "unit": "HQ", "country": country}
            for r, country in zip(rows, ("DE", "Mexiko", "MX"), strict=True)
        ],
    )
    for name in ("groups", "products", "invoices"):
        (exported / f"{name}.csv").unlink()

    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "nightly_sync.py"), str(exported), str(tmp_path / "kept")],
        env=os.environ | {"KCRM_URL": live_server.url, "KCRM_TOKEN": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert Customer.objects.count() == 2
    with (tmp_path / "kept" / "rejected.csv").open(encoding="utf-8") as file:
        (refused,) = csv.DictReader(file)
    assert (refused["file"], refused["key"]) == ("customers", "ANATR")
