"""Products and ledger lines through the import: the same services, answered row by row."""

from __future__ import annotations

from typing import Any

import pytest

from customers.services.imports import import_rows
from kcrm.lib.errors import NotAllowed
from profitability.models import LedgerLine, Product
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


def bring(thing: str, rows: list[dict[str, Any]], by: Any, **options: Any) -> Any:
    return import_rows(importable=thing, rows=rows, source="erp", by=by, keep_outcomes=True, **options)


def test_groups_and_products_go_in_once() -> None:
    fiona = personas.finance()
    groups = [{"code": "1", "name": "Beverages"}]
    products = [
        {"sku": "1", "name": "Chai", "group": "1", "list_price": "$18.00"},
        {"sku": "2", "name": "Chang", "group": "7"},
    ]

    first = bring("product-groups", groups, fiona), bring("products", products, fiona)
    second = bring("product-groups", groups, fiona), bring("products", products, fiona)

    assert [(result.created, result.rejected) for result in first] == [(1, 0), (1, 1)]
    assert [(result.unchanged, result.rejected) for result in second] == [(1, 0), (1, 1)]
    assert first[1].errors[0][:2] == (3, "group")
    assert (Product.objects.get().group.name, Product.objects.get().list_price) == ("Beverages", 18)


def test_a_price_that_is_never_to_change_stays() -> None:
    fiona = personas.finance()
    bring("products", [{"sku": "1", "name": "Chai", "list_price": "18"}], fiona)

    result = bring("products", [{"sku": "1", "name": "Tea", "list_price": "19"}], fiona, policy={"list_price": "never"})

    assert (result.updated, Product.objects.get().name, Product.objects.get().list_price) == (1, "Tea", 18)
    assert result.outcomes[0].images[0].before == {"name": "Chai"}


def test_ledger_lines_are_created_corrected_left_alone_and_refused(erp: Any, row: Any) -> None:
    rows = [row(), row(line="2"), row(line="3", product="NOTHING")]

    first = bring("ledger-lines", rows, erp.by)
    second = bring("ledger-lines", [row(), row(line="2", quantity="7")], erp.by)

    assert [outcome.done for outcome in first.outcomes] == ["created", "created", "rejected"], first.errors
    assert first.errors[0][:2] == (4, "product")
    assert [outcome.done for outcome in second.outcomes] == ["unchanged", "updated"]
    assert LedgerLine.objects.count() == 2


def test_an_account_manager_brings_in_no_facts() -> None:
    manager = personas.account_manager(CustomerFactory())

    for thing in ("products", "product-groups", "ledger-lines"):
        with pytest.raises(NotAllowed):
            bring(thing, [], manager)
