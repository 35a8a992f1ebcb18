"""The pages of customers over HTTP: who gets what, how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer, Site
from profitability.models import SalesSummary
from tests import personas
from tests.factories.customers import BuyingUnitFactory, CustomerFactory, SiteFactory, TagFactory
from tests.factories.teams import MembershipFactory, UnitFactory

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
FORM = {"name": "Acme", "relation": "end_customer", "life_cycle": "prospect", "currency": "EUR", "country": "DE"}


def names_in(answer: Any) -> list[str]:
    return [row.cells[0].html for row in answer.context["table"].rows]


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_list_opens_with_how_long_customers_were_left_alone(browse: Browse) -> None:
    today = timezone.localdate()
    silent = CustomerFactory(name="Silent", cadence_days=14, last_interaction_on=today - timedelta(days=15))
    manager = personas.account_manager(silent)
    heard = CustomerFactory(name="Heard", cadence_days=14, last_interaction_on=today - timedelta(days=14))
    MembershipFactory(team=heard.account_team, user=manager)

    answer = browse(manager).get("/customers/")

    assert "1 of your 2 customers has not heard from us for longer than agreed." in answer.content.decode()
    assert names_in(answer) == ["Heard", "Silent"]


@pytest.mark.parametrize(
    ("name", "status", "seen"),
    [
        ("account_manager", 200, 1),
        ("team_contributor", 200, 1),
        ("team_reader", 200, 1),
        ("director", 200, 1),
        ("finance", 200, 2),
        ("service_agent", 200, 1),
        ("programme_office", 200, 2),
        ("outsider", 200, 0),
    ],
)
def test_everybody_lists_what_he_may_see(name: str, status: int, seen: int, browse: Browse) -> None:
    customer = CustomerFactory()
    CustomerFactory()

    answer = browse(personas.persona(name, customer)).get("/customers/")

    assert (answer.status_code, len(names_in(answer))) == (status, seen)


@pytest.mark.parametrize("name", ["administrator", "auditor"])
@pytest.mark.parametrize("address", ["/customers/", "/customers/bin/"])
def test_who_keeps_people_sees_no_business_content(name: str, address: str, browse: Browse) -> None:
    assert browse(personas.persona(name, CustomerFactory())).get(address).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=华为", ["华为技术"]),
        ("q=huawei", ["华为技术"]),
        ("q=rnst", ["Ernst Handel"]),
        ("country=cn", ["华为技术"]),
        ("industry=retail", ["Ernst Handel"]),
        ("life_cycle=client&life_cycle=lost", ["Ernst Handel"]),
        ("relation=distributor", ["华为技术"]),
        ("tag=strategic", ["华为技术"]),
        ("heard=never", ["Ernst Handel", "华为技术"]),
        ("silent=30", ["Ernst Handel", "华为技术"]),
        ("scope=portfolio", ["Ernst Handel", "华为技术"]),
        ("scope=mine", []),
        ("q=zzz", []),
        ("q=%25", []),
    ],
)
def test_filters(query: str, found: list[str], browse: Browse) -> None:
    unit = UnitFactory()
    tag = TagFactory(name="Strategic")
    huawei = CustomerFactory(name="华为技术", org_unit=unit, country="CN", relation="distributor", indexed=True)
    huawei.tags.add(tag)
    CustomerFactory(name="Ernst Handel", org_unit=unit, industry="Food retail", life_cycle="client", indexed=True)

    answer = browse(personas.director(huawei)).get(f"/customers/?{query}&columns=name,tags")

    assert names_in(answer) == found


def test_figures_are_there_for_those_who_may_read_them_and_absent_for_others(browse: Browse) -> None:
    customer = CustomerFactory(name="Acme")
    SalesSummary.objects.create(
        customer=customer,
        as_of_month=date(2026, 1, 1),
        net_12m_units=11_027_731_00,
        growth=Decimal("0.25"),
        trend=[1, 2],
    )
    shown = "/customers/?columns=name,net_sales,growth,trend&sort=-net_sales"

    seen = browse(personas.account_manager(customer)).get(shown)
    without_flag = browse(personas.account_manager(CustomerFactory())).get("/customers/?columns=margin")
    without_right = browse(personas.service_agent(customer)).get(shown)
    with_right = browse(personas.finance()).get("/customers/?columns=margin")
    page = browse(personas.team_reader(customer)).get(f"/customers/{customer.pk}/").content.decode()
    bare_page = browse(personas.service_agent(customer)).get(f"/customers/{customer.pk}/").content.decode()

    cells = [cell.html for cell in seen.context["table"].rows[0].cells]
    assert cells[1:3] == ["110,277", "+25\u00a0%"]
    assert [a.status_code for a in (seen, without_flag, without_right, with_right)] == [200, 400, 400, 200]
    assert "110,277" in page
    assert "110,277" not in bare_page
    assert "Net sales" not in bare_page


def test_a_group_is_a_company_with_all_below_it(browse: Browse) -> None:
    top = CustomerFactory(name="Top")
    middle = CustomerFactory(name="Middle", parent=top, org_unit=top.org_unit)
    CustomerFactory(name="Low", parent=middle, org_unit=top.org_unit)
    CustomerFactory(name="Foreign", parent=middle)
    CustomerFactory(name="Beside", org_unit=top.org_unit)

    answer = browse(personas.director(top)).get(f"/customers/?group={top.pk}")

    assert names_in(answer) == ["Low", "Middle", "Top"]


@pytest.mark.parametrize("query", ["silent=-1", "scope=all", "registration_no=1", "sort=owner", "columns=secret"])
def test_what_the_list_does_not_know_is_refused_or_empty(query: str, browse: Browse) -> None:
    answer = browse(personas.finance()).get(f"/customers/?{query}")

    assert answer.status_code == 400 or names_in(answer) == []


def test_the_list_costs_the_same_for_two_rows_and_for_fifty(browse: Browse) -> None:
    customer = CustomerFactory()
    client = browse(personas.director(customer))
    CustomerFactory(org_unit=customer.org_unit)
    few = statements(client, "/customers/")

    for _number in range(60):
        CustomerFactory(org_unit=customer.org_unit)

    assert statements(client, "/customers/") <= few + 1  # the count, once the rows fill more than a page
    assert few <= 8  # session, person, reach, bell; rows, answer, units to choose from, saved views


def test_a_director_carries_his_portfolio_away_and_a_reader_nothing(browse: Browse) -> None:
    customer = CustomerFactory(name="=cmd()")

    taken = browse(personas.director(customer)).get("/customers/?export=csv")
    refused = browse(personas.team_reader(customer)).get("/customers/?export=csv")

    assert "'=cmd()" in b"".join(taken.streaming_content).decode()
    assert refused.status_code == 403
    assert AuditEntry.objects.filter(action="export").count() == 1


@pytest.mark.parametrize("name", [*personas.PERSONAS])
def test_a_customer_is_there_for_those_who_see_it(name: str, browse: Browse) -> None:
    customer = CustomerFactory()
    person = personas.persona(name, customer)
    expected = 404 if name in {"administrator", "auditor", "outsider"} else 200

    assert browse(person).get(f"/customers/{customer.pk}/").status_code == expected


def test_the_page_of_a_customer_opens_with_where_we_stand(browse: Browse) -> None:
    customer = CustomerFactory(cadence_days=30, last_interaction_on=timezone.localdate() - timedelta(days=45))

    answer = browse(personas.account_manager(customer)).get(f"/customers/{customer.pk}/").content.decode()

    assert "Nobody has talked to them for 45 days; every 30 days was agreed. Nothing is planned." in answer
    assert 'id="customer-body"' in answer


def test_the_page_of_a_customer_takes_few_statements(browse: Browse) -> None:
    customer = CustomerFactory()
    client = browse(personas.account_manager(customer))
    SiteFactory.create_batch(20, customer=customer)
    CustomerFactory.create_batch(20, parent=customer, org_unit=customer.org_unit)

    assert statements(client, f"/customers/{customer.pk}/") <= 14


@pytest.mark.parametrize("slug", ["people", "activity", "tasks", "scores", "team", "sites", "history"])
def test_a_tab_is_a_page_and_a_fragment(slug: str, browse: Browse) -> None:
    customer = CustomerFactory(name="Acme")
    client = browse(personas.account_manager(customer))

    page = client.get(f"/customers/{customer.pk}/tabs/{slug}/")
    part = client.get(
        f"/customers/{customer.pk}/tabs/{slug}/",
        headers={"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "customer-body"},
    )

    assert page.status_code == part.status_code == 200
    assert "<h1>Acme</h1>" in page.content.decode()
    assert part.content.decode().lstrip().startswith('<div id="customer-body"')


def test_the_history_is_for_those_with_the_right(browse: Browse) -> None:
    customer = CustomerFactory()
    address = f"/customers/{customer.pk}/tabs/history/"

    seen = {name: browse(person).get(address).status_code for name, person in personas.everybody(customer).items()}

    assert seen == {
        "account_manager": 200, "team_contributor": 200, "team_reader": 200, "director": 200, "finance": 200,
        "service_agent": 403, "programme_office": 403, "administrator": 404, "auditor": 404, "outsider": 404,
    }  # fmt: skip


def test_a_customer_is_created_by_its_form_after_a_look_at_doubles(browse: Browse) -> None:
    known = CustomerFactory(name="Acme GmbH")
    client = browse(personas.account_manager(known))
    values = FORM | {"org_unit": known.org_unit_id, "tags": "Key, 重点"}

    warned = client.post("/customers/new/", values)
    created = client.post("/customers/new/", values | {"despite": "Their sister"})

    assert warned.status_code == 422
    assert f'href="/customers/{known.pk}/"' in warned.content.decode()
    twin = Customer.objects.get(name="Acme")
    assert (created.status_code, created["Location"]) == (302, f"/customers/{twin.pk}/")
    assert sorted(tag.name for tag in twin.tags.all()) == ["Key", "重点"]


def test_a_form_that_came_too_late_shows_both_versions(browse: Browse) -> None:
    customer = CustomerFactory(name="Acme", city="Linz", version=3)
    client = browse(personas.account_manager(customer))

    answer = client.post(f"/customers/{customer.pk}/edit/", FORM | {"org_unit": customer.org_unit_id, "version": 2})

    assert answer.status_code == 409
    assert "Linz" in answer.content.decode()
    customer.refresh_from_db()
    assert (customer.city, customer.version) == ("Linz", 3)


def test_an_edit_is_saved(browse: Browse) -> None:
    customer, parent = CustomerFactory(name="Acme"), CustomerFactory(name="Holding")
    manager = personas.account_manager(customer)
    MembershipFactory(team=parent.account_team, user=manager)
    values = FORM | {"org_unit": customer.org_unit_id, "version": 1, "parent": "holding", "city": "Graz"}

    answer = browse(manager).post(f"/customers/{customer.pk}/edit/", values)

    assert answer.status_code == 302
    customer.refresh_from_db()
    assert (customer.parent, customer.city, customer.version) == (parent, "Graz", 2)


def test_the_parent_field_finds_only_what_its_writer_sees(browse: Browse) -> None:
    customer = CustomerFactory()
    CustomerFactory(name="Holding")
    values = FORM | {"org_unit": customer.org_unit_id, "version": 1, "parent": "Holding"}

    answer = browse(personas.account_manager(customer)).post(f"/customers/{customer.pk}/edit/", values)

    assert answer.status_code == 422
    assert "No customer of this name" in answer.content.decode()


def test_a_director_deletes_and_restores(browse: Browse) -> None:
    customer = CustomerFactory(name="Acme")
    client = browse(personas.director(customer))

    deleted = client.post(f"/customers/{customer.pk}/delete/", {"version": 1, "reason": "Twice"})
    gone = client.get(f"/customers/{customer.pk}/")
    bin_page = client.get("/customers/bin/")
    restored = client.post(f"/customers/{customer.pk}/restore/", {"version": 2})

    assert (deleted.status_code, gone.status_code, names_in(bin_page)) == (302, 404, ["Acme"])
    assert restored["Location"] == f"/customers/{customer.pk}/"
    assert client.get(f"/customers/{customer.pk}/").status_code == 200


@pytest.mark.parametrize("act", ["edit", "delete", "sites/new", "buying-units/new"])
def test_readers_are_refused_and_outsiders_find_nothing(act: str, browse: Browse) -> None:
    customer = CustomerFactory()
    address = f"/customers/{customer.pk}/{act}/"

    for method in ("get", "post"):
        assert getattr(browse(personas.team_reader(customer)), method)(address).status_code == 403
        assert getattr(browse(personas.outsider()), method)(address).status_code == 404


def test_sites_and_buying_units_are_kept(browse: Browse) -> None:
    old = SiteFactory(is_primary=True)
    client = browse(personas.account_manager(old.customer))
    values = {"name": "Plant 2", "kind": "plant", "country": "CN", "is_primary": "on"}

    client.post(f"/customers/{old.customer_id}/sites/new/", values)
    unit = BuyingUnitFactory(customer=old.customer)
    client.post(f"/buying-units/{unit.pk}/edit/", {"name": "Dairy", "version": 1, "site": old.pk})
    client.post(f"/sites/{old.pk}/delete/", {"version": 2})

    unit.refresh_from_db()
    assert [(site.name, site.is_primary) for site in Site.objects.alive()] == [("Plant 2", True)]
    assert (unit.name, unit.site) == ("Dairy", old)
    assert client.get(f"/customers/{old.customer_id}/tabs/sites/").status_code == 200


def test_cadence_dates_are_days() -> None:
    today = date(2026, 3, 31)
    CustomerFactory(cadence_days=31, last_interaction_on=date(2026, 2, 28))
    late = CustomerFactory(cadence_days=30, last_interaction_on=date(2026, 2, 28))

    assert list(Customer.objects.overdue_for_contact(today)) == [late]


def test_pages_speak_chinese(browse: Browse) -> None:
    customer = CustomerFactory(name="华为技术", life_cycle="client", indexed=True)
    director = personas.director(customer)
    director.language = "zh-hans"
    director.save()
    client = browse(director)

    listed = client.get("/customers/?q=华为").content.decode()
    page = client.get(f"/customers/{customer.pk}/").content.decode()

    assert "1 个客户" in listed
    assert "长期客户" in listed
    assert "还没有人与他们联系过。" in page
