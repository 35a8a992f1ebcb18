"""Custom fields in files that are brought in."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from customers.models import Contact, Customer
from customers.services.imports.engine import import_rows
from kcrm.lib.imports import importable
from kcrm.lib.imports.guessing import guessed_mapping
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(define):
    (
        define("Contract number", label_zh="合同编号"),
        define("Grade", "choice", choices=[{"en": "Gold", "zh": "金牌"}, {"en": "Silver"}]),
    )
    define("Codes", "choices", choices=[{"en": "One"}, {"en": "Two"}]), define("Plants", "number")
    (
        define("Budget", "money", currency="EUR"),
        define("Renewal", "date"),
        define("Sponsor", "user"),
        define("Plan", "link"),
    )
    define("Own cost", "number", field_class="F2")
    return personas.director(CustomerFactory(name="Alder"))


def bring_in(rows, by, **values):
    return import_rows(importable="customers", rows=rows, source="erp", by=by, **values)


FULL = {
    "name": "Alder", "custom_contract_number": "=4711", "custom_grade": "金牌", "custom_codes": "Two; one",
    "custom_plants": "12", "custom_budget": "EUR 1,234.50", "custom_renewal": "2026-01-31",
    "custom_plan": "example.com/x",
}  # fmt: skip
STORED = {
    "contract_number": "=4711", "grade": "gold", "codes": ["one", "two"], "plants": "12", "budget": "1234.50",
    "renewal": "2026-01-31", "plan": "https://example.com/x",
}  # fmt: skip


def test_columns_are_guessed_by_their_labels_in_both_languages(manager):
    found = guessed_mapping(importable("customers"), ["Company", "合同编号", "grade", "Budget"])

    assert found == {"name": 0, "custom_contract_number": 1, "custom_grade": 2, "custom_budget": 3}
    assert "custom_own_cost" not in importable("customers").by_name


def test_a_row_fills_them_in_and_again_changes_nothing(manager):
    row = FULL | {"custom_sponsor": manager.email}

    first, second = bring_in([row], manager), bring_in([row], manager)

    assert (first.updated, second.counts["unchanged"]) == (1, 1), first.errors
    assert Customer.objects.get(name="Alder").custom == STORED | {"sponsor": manager.pk}
    entry = AuditEntry.objects.filter(subject_type="customers.customer", action="update").latest("pk")
    assert entry.changes["custom_grade"] == [None, "gold"]
    assert "custom" not in entry.changes


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("custom_grade", "bronze"), ("custom_codes", "One; Three"), ("custom_plants", "1.5"), ("custom_plants", "NaN"),
        ("custom_budget", "1.999"), ("custom_renewal", "31.02.2026"), ("custom_plan", "javascript:alert(1)"),
        ("custom_sponsor", "nobody@example.com"), ("custom_contract_number", "x" * 2_000),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_kept_refuses_its_row_and_no_other(manager, name, text):
    result = bring_in([{"name": "Alder", name: text}, {"name": "Birch", "custom_plants": "3"}], manager)

    assert [(row, field) for row, field, _why in result.errors] == [(2, name)]
    assert Customer.objects.get(name="Birch").custom == {"plants": "3"}
    assert Customer.objects.get(name="Alder").custom == {}


def test_each_field_has_its_policy(manager):
    alder = Customer.objects.get(name="Alder")
    alder.apply({"custom": {"plants": "1", "contract_number": "old"}})

    bring_in([FULL], manager, policy={"custom_plants": "fill_empty", "custom_contract_number": "never"})

    alder.refresh_from_db()
    assert (alder.custom["plants"], alder.custom["contract_number"], alder.custom["grade"]) == ("1", "old", "gold")


def test_a_new_row_needs_what_must_be_filled_in(manager, define):
    define("Segment", is_required=True)

    result = bring_in([{"name": "Cedar"}, {"name": "Dogwood", "custom_segment": "A"}], manager)

    assert [(row, field) for row, field, _why in result.errors] == [(2, "custom_segment")]
    assert Customer.objects.get(name="Dogwood").custom == {"segment": "A"}


def test_people_bring_theirs_and_the_trail_keeps_no_value(manager, define):
    define("Assistant", record="contact"), define("Hobby", record="contact", field_class="F6P")
    row = {"customer": "Alder", "full_name": "Maria Anders", "custom_assistant": "Tim"}

    result = import_rows(importable="contacts", rows=[row], source="erp", by=manager)
    private = import_rows(
        importable="contacts", rows=[row | {"custom_hobby": "Chess"}], source="erp", by=manager
    )  # a director reads private data and does not write it

    assert (result.created, private.counts["rejected"]) == (1, 1), result.errors
    assert Contact.objects.get(full_name="Maria Anders").custom == {"assistant": "Tim"}
    entry = AuditEntry.objects.filter(subject_type="customers.contact", action="create").latest("pk")
    assert entry.changes["custom_assistant"] == ["•••", "•••"]
    assert "Tim" not in str(entry.changes)


def test_finance_fills_in_its_fields_by_file_and_takes_them_back(manager, define):
    finance = personas.finance()
    rows = [{"customer": "Alder", "custom_own_cost": "7"}, {"customer": "Alder", "custom_plants": "3"}]

    first = import_rows(importable="customer-fields", rows=rows[:1], source="erp", by=finance)
    again = import_rows(importable="customer-fields", rows=rows[:1], source="erp", by=finance)
    beyond = import_rows(importable="customer-fields", rows=rows[1:], source="erp", by=finance)
    others = [import_rows(importable="customer-fields", rows=[row], source="erp", by=manager) for row in rows]
    told = AuditEntry.objects.filter(subject_type="customers.customer", action="update").order_by("pk")

    assert (first.updated, again.unchanged, first.errors) == (1, 1, [])
    assert [field for _row, field, _why in beyond.errors] == ["custom_plants"]
    assert [field for result in others for _row, field, _why in result.errors] == ["custom_own_cost"]
    assert Customer.objects.get(name="Alder").custom == {"own_cost": "7", "plants": "3"}
    assert told[0].changes == {"custom_own_cost": ["•••", "•••"]}
    assert importable("customer-fields").allowed(finance)
    assert not importable("customer-fields").allowed(personas.auditor())
