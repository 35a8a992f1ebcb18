"""Lists whose statements are kept: what is remembered never outlives the right, the day or the row it stood for."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kcrm.lib.tables import rows as table_rows
from kcrm.views.customers import CUSTOMERS
from teams.models import TeamMembership
from teams.permissions import reach_of, reader_of
from tests import personas
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
STEADY = [CUSTOMERS]


def shown(client: Client, address: str = "/customers/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_rows_and_rights_count_as_they_are_now(client: Client) -> None:
    mine, other = CustomerFactory(name="Mine GmbH"), CustomerFactory(name="Other GmbH")
    owner, stranger = personas.account_manager(mine), personas.account_manager(other)
    client.force_login(owner)
    assert "Mine GmbH" in shown(client)
    mine.name = "Renamed GmbH"
    mine.save()
    assert "Renamed GmbH" in shown(client)
    client.force_login(stranger)
    assert "Renamed GmbH" not in shown(client)
    assert "Other GmbH" in shown(client)

    client.force_login(owner)
    TeamMembership.objects.filter(user=owner).update(valid_to=timezone.localdate())

    assert "Renamed GmbH" not in shown(client)


def test_a_person_has_one_reach_until_the_tables_say_otherwise() -> None:
    customer = CustomerFactory()
    user = personas.account_manager(customer)
    first = reach_of(user)
    user.__dict__.pop("_reach")
    assert reach_of(user) is first
    TeamMembership.objects.filter(user=user).update(fin="full")
    user.__dict__.pop("_reach")

    assert reach_of(user) is not first
    assert reach_of(user).teams[customer.account_team_id].fin == "full"


def test_a_token_for_some_customers_shares_with_nobody() -> None:
    user = personas.account_manager(CustomerFactory())
    assert reader_of(user) is reach_of(user)
    user.api_token = SimpleNamespace(customer_ids=[])

    assert reader_of(user) is None


def test_a_list_beyond_the_cap_is_counted_once_a_minute(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcrm.lib.tables.rows.COUNT_CAP", 1)
    monkeypatch.setattr("kcrm.lib.tables.page.COUNT_CAP", 1)
    clock = [1_000.0]
    monkeypatch.setattr("kcrm.lib.tables.rows.monotonic", lambda: clock[0])
    customers = [CustomerFactory() for _number in range(3)]
    for customer in customers[1:]:
        customer.org_unit = customers[0].org_unit
        customer.save()
    client.force_login(personas.director(customers[0]))

    def counts() -> bool:
        with CaptureQueriesContext(connection) as captured:
            assert "more than 1 customer" in shown(client)
        (page,) = [query["sql"] for query in captured.captured_queries if "list_sort" in query["sql"]]
        return f"{table_rows.COUNT_ALIAS}_{table_rows.ALL}" in page

    assert [counts(), counts()] == [True, False]
    clock[0] += table_rows.COUNTED_EVERY
    assert [counts(), counts()] == [True, False]


@pytest.mark.parametrize("spec", STEADY, ids=lambda spec: spec.key)
def test_a_steady_list_asks_the_same_all_day_long(spec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    user = personas.account_manager(CustomerFactory())
    noon = timezone.localtime().replace(hour=12, minute=0)

    def words(moment: Any) -> list[str]:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        rows = spec.queryset(user)
        prepared = [column.prepare(rows, user) for column in spec.columns if column.prepare is not None]
        return [str(found.query) for found in (rows, *prepared)]

    assert words(noon) == words(noon + timedelta(hours=1))
