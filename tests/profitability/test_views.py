"""Pages of ledger and products: who sees which rows and figures, and where figures open."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from profitability.models import LedgerDocument
from tests.factories.teams import MembershipFactory
from tests.pages import lasting_text
from tests.personas import account_manager, administrator, director, finance, outsider, persona, team_reader

pytestmark = pytest.mark.django_db

LIST = "/ledger/"
COST_AS_WRITTEN = ("$600", "600.00", "6000000")  # as money, as a number, in ledger units


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sold(erp, row):
    erp.load(
        row(document="A1", quantity="10", unit_price="100", discount="0.1", freight="12", cost="600"),
        row(document="A1", line="2", product="SCREW", quantity="1", unit_price="50", cost="20"),
        row(document="B1", customer="BOLT", quantity="3", unit_price="7"),
        row(document="A0", document_on="2025-01-10", quantity="5", unit_price="100"),
        row(document="G1", kind="credit_note", quantity="1", unit_price="100"),
    )
    return erp


def test_an_account_manager_sees_the_lines_of_his_customers_only(sold):
    page = lasting_text(browser(account_manager(sold.acme)).get(LIST))

    assert "A1/1" in page
    assert "B1/1" not in page


@pytest.mark.parametrize("name", ["finance", "programme_office"])
def test_finance_and_programme_office_see_all_lines(sold, name):
    page = lasting_text(browser(persona(name, sold.acme)).get(LIST))

    assert "A1/1" in page
    assert "B1/1" in page


@pytest.mark.parametrize("person", [administrator, outsider])
def test_people_without_sales_are_refused(sold, person):
    client = browser(person(sold.acme))

    assert client.get(LIST).status_code == 403
    assert client.get("/ledger/totals/").status_code == 403


def test_the_totals_are_those_of_the_whole_filter(sold):
    client = browser(finance())

    page = lasting_text(client.get(f"/ledger/totals/?customer={sold.acme.pk}&posted_on_after=2026-01-01"))

    assert "$850.00" in page  # 900 + 50 - 100
    assert "$12.00" in page
    assert "$330.00" in page  # 900 - 600 + 50 - 20: the credit note's cost is not known


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("kind=credit_note", "G1/1", "A1/1"),
        ("posted_on_before=2025-12-31", "A0/1", "A1/1"),
        ("q=bolt", "B1/1", "A1/1"),
        ("q=A1", "A1/1", "B1/1"),
        ("source=erp&kind=invoice", "A1/1", "G1/1"),
    ],
)
def test_filters_narrow_the_lines(sold, query, shown, hidden):
    page = lasting_text(browser(finance()).get(f"{LIST}?{query}"))

    assert shown in page
    assert hidden not in page


def test_a_customer_out_of_sight_cannot_be_filtered_for(sold):
    manager = browser(account_manager(sold.acme))

    foreign = manager.get(f"{LIST}?customer={sold.bolt.pk}")
    missing = manager.get(f"{LIST}?customer=999999999")

    assert "A1/1" not in lasting_text(foreign)
    assert foreign.status_code == missing.status_code


@pytest.mark.parametrize("fin", ["none", "summary"])
def test_costs_are_absent_without_the_full_view(sold, fin):
    client = browser(account_manager(sold.acme, fin=fin))
    document = LedgerDocument.objects.get(number="A1")

    pages = [
        client.get(LIST),
        client.get("/ledger/totals/"),
        client.get(f"/ledger/documents/{document.pk}/"),
        client.get(f"/ledger/customers/{sold.acme.pk}/"),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "CM1" not in lasting_text(page)
        assert not [cost for cost in COST_AS_WRITTEN if cost in lasting_text(page)]
    assert client.get(f"{LIST}?columns=cost").status_code == 400
    assert client.get(f"{LIST}?sort=cost").status_code == 400
    assert "cost" not in client.get(f"{LIST}?export=csv").getvalue().decode().lower()


@pytest.mark.parametrize("name", ["full", "director", "finance"])
def test_costs_are_there_for_those_who_may_read_them(sold, name):
    people = {
        "full": lambda: account_manager(sold.acme, fin="full"),
        "director": lambda: director(sold.acme),
        "finance": finance,
    }
    client = browser(people[name]())
    document = LedgerDocument.objects.get(number="A1")

    assert "$620.00" in lasting_text(client.get(f"/ledger/documents/{document.pk}/"))
    assert "CM1" in lasting_text(client.get(LIST))
    assert "CM1" in lasting_text(client.get(f"/ledger/customers/{sold.acme.pk}/"))


def test_one_customer_without_the_full_view_takes_costs_off_lists_but_not_off_the_others(sold):
    user = account_manager(sold.acme, fin="full")
    MembershipFactory(team=sold.bolt.account_team, user=user)
    client = browser(user)

    assert "CM1" not in lasting_text(client.get(LIST))
    assert "CM1" in lasting_text(client.get(f"/ledger/customers/{sold.acme.pk}/"))
    assert "CM1" not in lasting_text(client.get(f"/ledger/customers/{sold.bolt.pk}/"))


def test_the_export_has_the_rows_and_columns_of_the_page_that_may_leave(sold):
    content = browser(account_manager(sold.acme)).get(f"{LIST}?export=csv&kind=invoice").getvalue().decode("utf-8-sig")

    lines = content.splitlines()
    assert len(lines) == 4
    assert any("900.0000" in line for line in lines)
    assert "B1" not in content


def test_who_only_reads_the_account_carries_nothing_away(sold):
    client = browser(team_reader(sold.acme))

    assert client.get(f"{LIST}?export=csv").status_code == 403
    assert "export=csv" not in lasting_text(client.get(LIST))


def test_a_document_out_of_sight_is_not_there(sold):
    document = LedgerDocument.objects.get(number="B1")

    manager = browser(account_manager(sold.acme))

    assert manager.get(f"/ledger/documents/{document.pk}/").status_code == 404
    assert manager.get("/ledger/documents/999999/").status_code == 404


def test_the_sales_of_a_customer_are_told_in_one_sentence_and_open_to_their_lines(sold):
    client = browser(account_manager(sold.acme))

    page = lasting_text(client.get(reverse("profitability:customer-sales", args=[sold.acme.pk])))
    fragment = client.get(f"/ledger/customers/?customer={sold.acme.pk}", headers={"HX-Request": "true"})

    assert "Acme bought for $850 in the 12 months to January 2026: +70 % on the year before." in page
    opened = f"/ledger/?customer={sold.acme.pk}&amp;posted_on_after=2025-02-01&amp;posted_on_before=2026-01-31"
    assert opened in page
    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in fragment["Vary"]


def test_a_customer_who_never_bought_says_what_belongs_here(erp):
    page = lasting_text(browser(account_manager(erp.acme)).get(f"/ledger/customers/{erp.acme.pk}/"))

    assert "No sales yet" in page


@pytest.mark.parametrize("query", ["", "?customer=", "?customer=x", f"?customer={10**20}", "?customer=7777777"])
def test_sales_of_nobody_are_not_there(erp, query):
    assert browser(account_manager(erp.acme)).get(f"/ledger/customers/{query}").status_code == 404


def test_sales_of_a_customer_out_of_sight_are_not_there(sold):
    assert browser(account_manager(sold.acme)).get(f"/ledger/customers/{sold.bolt.pk}/").status_code == 404


def test_everybody_finds_products_and_sees_the_sales_of_his_customers(sold):
    manager, other = browser(account_manager(sold.acme)), browser(outsider())

    assert "Nut" in lasting_text(other.get("/products/?q=nut"))
    assert "Screw" not in lasting_text(other.get("/products/?q=nut"))
    assert "$800" in lasting_text(manager.get(f"/products/{sold.nut.pk}/"))
    assert "Bolt" not in lasting_text(manager.get(f"/products/{sold.nut.pk}/"))
    assert "$800" not in lasting_text(other.get(f"/products/{sold.nut.pk}/"))
    assert other.get("/products/999999/").status_code == 404


def test_only_finance_exports_products(sold):
    assert browser(outsider()).get("/products/?export=csv").status_code == 403
    assert browser(finance()).get("/products/?export=csv").status_code == 200


def test_the_list_costs_the_same_for_two_lines_and_for_fifty(erp, row, django_assert_max_num_queries):
    client = browser(finance())
    erp.load(*(row(line=str(number)) for number in range(1, 3)))
    client.get(LIST)
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    erp.load(*(row(document=f"D{number}") for number in range(48)))

    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_the_sales_fragment_costs_a_constant_number_of_statements(sold, django_assert_max_num_queries):
    client = browser(account_manager(sold.acme))
    client.get(f"/ledger/customers/{sold.acme.pk}/")

    with django_assert_max_num_queries(10):
        client.get(f"/ledger/customers/{sold.acme.pk}/", headers={"HX-Request": "true"})


def test_the_totals_come_alone_to_htmx_and_as_a_page_without(sold):
    client = browser(finance())

    assert "<html" not in lasting_text(client.get("/ledger/totals/", headers={"HX-Request": "true"}))
    page = lasting_text(client.get("/ledger/totals/"))
    assert "<h1" in page
    assert 'href="/ledger/"' in page
