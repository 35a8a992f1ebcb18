"""The portfolio and the day of each persona."""

from __future__ import annotations

import pytest
from django.test import Client

from selection.services.models import create_model
from selection.services.runs import request_scoring
from tests import personas
from tests.running import run_jobs
from tests.selection.approving import put_into_force
from tests.selection.test_scoring_services import FACTORS, bring_northwind

pytestmark = pytest.mark.django_db


def scored_northwind():
    customers = bring_northwind()
    office = personas.programme_office()
    model = create_model(name="Attractiveness", factors=FACTORS, by=office)
    put_into_force(model_id=model.pk, version=model.version, by=office)
    request_scoring(by=office)
    run_jobs()
    return customers, office


def test_the_portfolio_of_all_customers_opens_with_the_key_tier(client: Client, django_assert_max_num_queries):
    _customers, office = scored_northwind()
    client.force_login(office)

    with django_assert_max_num_queries(9):
        page = client.get("/portfolio/").content.decode()

    assert "customers in the key tier bring" in page
    assert 'hx-get="/portfolio/customers/"' in page
    assert '<a class="link no-js-only" href="/portfolio/customers/">Customers of the portfolio</a>' in page


def test_the_largest_customers_arrive_as_a_part_or_stand_on_a_page(client: Client, django_assert_max_num_queries):
    _customers, office = scored_northwind()
    client.force_login(office)

    with django_assert_max_num_queries(4):
        part = client.get("/portfolio/customers/", headers={"HX-Request": "true"})
    page = client.get("/portfolio/customers/").content.decode()

    assert part.headers["Vary"].startswith("HX-Request")
    assert "QUICK-Stop" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "QUICK-Stop" in page
    assert '<a href="/portfolio/">Portfolio</a>' in page


def test_an_account_manager_sees_figures_of_his_customers_only(client: Client):
    customers, _office = scored_northwind()
    client.force_login(personas.account_manager(customers["ERNSH"]))

    page = client.get("/portfolio/").content.decode() + client.get("/portfolio/customers/").content.decode()

    assert "Ernst Handel" in page
    assert "QUICK-Stop" not in page


def test_an_administrator_sees_no_customer_in_the_portfolio(client: Client):
    scored_northwind()
    client.force_login(personas.administrator())

    page = client.get("/portfolio/").content.decode() + client.get("/portfolio/customers/").content.decode()

    assert "QUICK-Stop" not in page
    assert "Ernst Handel" not in page


def test_nobody_is_led_where_he_may_not_go(client: Client):
    customers, _office = scored_northwind()
    pages = {}
    for person in (personas.auditor(), personas.director(customers["ERNSH"])):
        client.force_login(person)
        parts = [client.get(address).content.decode() for address in ("/portfolio/", "/portfolio/customers/")]
        pages[person.roles[0]] = "".join(parts)

    for address in ('href="/ledger/', 'href="/customers/'):
        assert address in pages["director"]
        assert address not in pages["auditor"]
    assert "QUICK-Stop" in pages["auditor"]
