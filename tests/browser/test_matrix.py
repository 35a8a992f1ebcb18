"""The KAISM matrix in a real browser: a sceptic's three clicks, the lasso, dragging a customer elsewhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import User
from customers.models import Customer
from profitability.services.ledger import load_ledger
from profitability.services.products import upsert_product_groups, upsert_products
from selection.models import CurrentScore, CustomerView, ModelFactor, Rating, Score, ScoringRun
from selection.services.policies import estimate_potential
from tests import personas
from tests.browser.conftest import OpenPage
from tests.factories.customers import CustomerFactory, ExternalIdFactory
from tests.selection.approving import model_in_force

NOTE = "Told us about two new stores."


@pytest.fixture
def owner(transactional_db: None) -> User:
    """The owner of a customer in the key quadrant, with one invoice line and one rating."""
    customer = CustomerFactory(name="Northern Stores")
    finance, owner = personas.finance(), personas.account_manager(customer)
    ExternalIdFactory(customer=customer, source="erp", value="N")
    upsert_product_groups([{"code": "g", "name": "Group"}], source="erp", by=finance)
    upsert_products([{"sku": "p", "name": "Chai", "group": "g"}], source="erp", by=finance)
    line = {
        "document": "D-4711", "line": "1", "customer": "N", "document_on": "2026-06-01", "product": "p",
        "quantity": "10", "unit_price": "120",
    }  # fmt: skip
    load_ledger([line], source="erp", by=finance)
    _place(customer, owner)
    return owner


def _place(customer: Customer, owner: User) -> None:
    model = model_in_force({"key": "strategic_fit", "kind": "judged", "weight": 100})
    factor = ModelFactor.objects.get(model=model)
    Rating.objects.create(
        factor=factor, customer=customer, rater=owner, score=8, evidence="told", note=NOTE, rated_on=date(2026, 6, 1)
    )
    run = ScoringRun.objects.create(
        model=model, key="one", state="finished", cut=Decimal("5.5"), as_of_month=date(2026, 6, 1)
    )
    part = {"key": "strategic_fit", "weight": 100, "score": 8, "contribution": 8, "raters": 1}
    score = Score.objects.create(run=run, customer=customer, score=8, rank=1, coverage=1, explanation=[part])
    CurrentScore.objects.create(customer=customer, source=score, score=8, rank=1, coverage=1)
    CustomerView.objects.create(
        customer=customer, gap=1, ratio=Decimal("1.2"), is_strong=True, best_name="Rival", is_hollow=False,
        solid_until=date(2099, 1, 1),
    )  # fmt: skip
    estimate_potential(
        customer_id=customer.pk,
        values={"available_sales": Decimal(9000), "category_spend": None, "evidence": "told"},
        by=owner,
        today=date(2026, 6, 1),
    )


def _bubble(page):
    """Where the bubble is: beneath its name."""
    box = page.locator("#kaism svg text", has_text="Northern Stores").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] + 24


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_three_clicks_from_a_bubble_to_the_note_and_the_invoice_line(open_page: OpenPage, owner: User, language: str):
    User.objects.filter(pk=owner.pk).update(language=language)
    page = open_page("/selection/matrix/", by=owner)

    page.mouse.click(*_bubble(page))
    page.wait_for_url("**/position/")
    note = page.get_by_text(NOTE)
    note.wait_for()
    page.locator(".page-head a.btn-primary, .actions a.btn-primary, main a.btn-primary").first.click()
    page.wait_for_url("**/ledger/**")

    assert page.get_by_text("D-4711").first.is_visible()
    assert page.complaints == []


def test_dragging_a_bubble_shows_what_it_would_do(open_page: OpenPage, owner: User):
    page = open_page("/selection/matrix/", by=owner)
    page.locator("[data-matrix-mode=move]").click()
    x, y = _bubble(page)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 120, steps=6)
    page.mouse.move(x, y + 350, steps=6)
    page.mouse.up()

    page.locator("#what-if table").wait_for()
    assert "Maintenance" in page.locator("#what-if").inner_text()
    assert page.locator("select[name=move]").input_value().endswith(":maintenance")
    assert page.complaints == []


def test_a_lasso_chooses(open_page: OpenPage, owner: User):
    page = open_page("/selection/matrix/", by=owner)
    page.locator("[data-matrix-mode=choose]").click()
    x, y = _bubble(page)

    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    for at in ((60, -60), (60, 60), (-60, 60), (-60, -58)):
        page.mouse.move(x + at[0], y + at[1], steps=4)
    page.mouse.up()

    page.wait_for_function("document.querySelector('input[name=ids]').checked")
    assert page.locator("[data-chosen-count]").inner_text() == "1"
    assert page.complaints == []
