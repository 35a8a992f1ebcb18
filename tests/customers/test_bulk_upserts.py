"""Many customers by their keys in another system: each row with its own outcome, by the rules of one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from accounts.services.tokens import create_token
from customers.models import Customer
from customers.services.customers import create_customer
from teams.models import TeamMembership
from tests import personas
from tests.factories.customers import CustomerFactory, ExternalIdFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/customers/bulk-upsert/"
PLACES = ("Alpine Dairy", "Baltic Fish", "Cairo Spices", "Delta Orchards", "Etna Wines")


@pytest.fixture
def known() -> Customer:
    """A customer that the ERP knows as K0."""
    customer: Customer = CustomerFactory(name="Fjord Salmon", city="Bergen", country="NO")
    ExternalIdFactory(customer=customer, source="erp", value="K0")
    return customer


@pytest.fixture
def send(client: Client, known: Customer) -> Any:
    """Send rows as the director of the known customer's unit, or as somebody else."""
    director = personas.director(known)

    def sending(rows: Any, by: Any = None, query: str = "", **headers: str) -> Any:
        client.force_login(by or director)
        return client.post(URL + query, rows, content_type="application/json", headers=headers)

    return sending


def row(known: Customer, value: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"source": "erp", "value": value, "name": name or known.name, "org_unit": known.org_unit_id, **more}


def statuses(answer: Any) -> list[str]:
    return [result["status"] for result in answer.json()["results"]]


def test_each_row_has_its_own_outcome(send, known):
    other = ExternalIdFactory(customer__org_unit=known.org_unit, customer__name="Gulf Dates", source="erp", value="K1")

    answer = send(
        [
            row(known, "K2", "Alpine Dairy", tags=["Milk"], country="ch"),
            {"source": "erp", "value": "K1", "city": "Doha"},
            row(known, "K0", city="Bergen"),
            row(known, "K3", "Baltic Fish", country="1"),
            row(known, "K4", "Cairo Spices", colour="red"),
            "nothing",
        ]
    )

    body = answer.json()
    assert answer.status_code == 200
    assert statuses(answer) == ["created", "updated", "unchanged", "refused", "refused", "refused"]
    assert {name: body[name] for name in ("created", "updated", "unchanged", "refused")} == {
        "created": 1, "updated": 1, "unchanged": 1, "refused": 3,
    }  # fmt: skip
    made = Customer.objects.get(name="Alpine Dairy")
    assert body["results"][0] == {
        "index": 0, "source": "erp", "value": "K2", "status": "created", "id": made.pk, "version": made.version,
        "errors": [],
    }  # fmt: skip
    assert (made.country, [tag.name for tag in made.tags.all()]) == ("CH", ["Milk"])
    assert [(one["id"], one["version"]) for one in body["results"][1:3]] == [(other.customer_id, 2), (known.pk, 1)]
    assert [one["errors"][0]["field"] for one in body["results"][3:]] == ["country", "colour", ""]
    assert not Customer.objects.filter(name="Baltic Fish").exists()


def test_what_is_written_is_what_one_at_a_time_writes(send, known):
    """The same columns, entries in the trail, key and search as by `create_customer`."""
    director = personas.director(known)
    values = {"name": "Alpine Dairy", "org_unit": known.org_unit_id, "website": "https://alpine.example"}
    one = create_customer(values=values, keys={"erp": "ONE"}, by=director)

    send([row(known, "TWO", **values | {"name": "Alpine Dairy 2"}, despite="the other valley")], by=director)

    two = Customer.objects.get(external_ids__value="TWO")
    same = ("domain", "website", "org_unit_id", "relation", "life_cycle", "currency", "version", "custom")
    assert [getattr(one, name) for name in same] == [getattr(two, name) for name in same]
    entries = AuditEntry.objects.filter(customer_id=two.pk).order_by("pk")
    assert [(entry.action, entry.via, entry.reason) for entry in entries] == [
        ("create", "api", "the other valley"), ("update", "api", ""),
    ]  # fmt: skip
    assert Customer.objects.found_by("Alpine").filter(pk=two.pk).exists()


def test_an_account_manager_owns_what_he_brings_in(send, known):
    manager = personas.account_manager(known)

    send([row(known, "K1", "Alpine Dairy"), row(known, "K2", "Baltic Fish")], by=manager)

    owned = TeamMembership.objects.filter(user=manager, level="owner", team__customer__name__in=PLACES)
    assert owned.count() == 2


def test_tags_alone_are_a_change(send, known):
    first = send([row(known, "K0", tags=["Fish", "North"])]).json()["results"][0]
    same = send([row(known, "K0", tags=["north", "FISH"])]).json()["results"][0]
    none = send([row(known, "K0", tags=[])]).json()["results"][0]

    assert [(one["status"], one["version"]) for one in (first, same, none)] == [
        ("updated", 2), ("unchanged", 2), ("updated", 3),
    ]  # fmt: skip
    entry = AuditEntry.objects.filter(customer_id=known.pk).latest("pk")
    assert entry.changes == {"tags": [["Fish", "North"], []]}


def test_a_row_made_from_an_old_version_is_refused(send, known):
    answer = send([row(known, "K0", city="Oslo", version=7), row(known, "K1", "Alpine Dairy", version=1)])

    assert statuses(answer) == ["refused", "created"]
    assert answer.json()["results"][0]["errors"][0]["code"] == "stale_version"


def test_the_second_row_of_a_key_is_refused(send, known):
    answer = send([row(known, "K1", "Alpine Dairy"), row(known, " K1 ", "Baltic Fish"), row(known, "", "Cairo Spices")])

    assert statuses(answer) == ["created", "refused", "refused"]
    assert [one["errors"][0]["code"] for one in answer.json()["results"][1:]] == ["repeated", "blank"]


def test_a_likely_double_is_refused_by_row(send, known):
    answer = send(
        [
            row(known, "K1", "Fjord Salmon AS"),
            row(known, "K2", "Fjord Salmon AS", despite="their cannery"),
            row(known, "K3", "Alpine Dairy Products"),
            row(known, "K4", "Alpine Dairy Product"),
            row(known, "K5", "Baltic Fish", registration_no="HR 1"),
            row(known, "K6", "Cairo Spices", registration_no="HR 1", despite="another one"),
        ]
    )

    assert statuses(answer) == ["refused", "created", "created", "refused", "created", "refused"]
    codes = [one["errors"][0]["code"] for one in answer.json()["results"] if one["errors"]]
    assert codes == ["likely_double", "likely_double", "conflict"]


def test_the_key_of_an_invisible_customer_says_no_more_than_one_at_a_time(send, known, client):
    hidden = ExternalIdFactory(source="erp", value="SECRET").customer
    manager = personas.account_manager(known)
    mine = row(known, "SECRET", "Alpine Dairy")

    again = {"source": "erp", "value": "SECRET", "city": "X"}
    answer = send([mine, row(known, "K1", "Baltic Fish"), again], by=manager)
    single = client.put(
        "/api/v1/customers/by-external-id/erp/SECRET/",
        {name: mine[name] for name in ("name", "org_unit")},
        content_type="application/json",
    )

    first, _second, third = answer.json()["results"]
    assert statuses(answer) == ["refused", "created", "refused"]
    assert first["errors"] == single.json()["errors"]
    assert (first["id"], third["id"]) == (None, None)
    assert hidden.name not in answer.content.decode()


def test_rights_are_asked_row_by_row(send, known):
    reader = personas.team_reader(known)

    answer = send([row(known, "K0", city="Oslo")], by=reader)

    assert statuses(answer) == ["refused"]
    assert answer.json()["results"][0]["errors"][0]["code"] == "not_allowed"
    assert AuditEntry.objects.filter(action=AuditEntry.Action.DENIED, actor=reader).count() == 1
    assert send([row(known, "K0")], by=personas.administrator()).status_code == 403


def test_a_token_that_only_reads_writes_nothing(known):
    _token, secret = create_token(by=personas.director(known), name="x", scopes=["accounts:read"])

    headers = {"Authorization": f"Bearer {secret}"}
    answer = Client().post(URL, [row(known, "K0", city="Oslo")], content_type="application/json", headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("body", [{"source": "erp"}, [{}] * 1_001])
def test_more_than_a_thousand_are_refused_whole(send, known, body):
    answer = send(body)

    assert answer.status_code == 400
    assert "1,000" in answer.json()["errors"][0]["detail"]
    assert Customer.objects.count() == 1


def test_a_repeated_call_has_one_effect(send, known):
    rows = [row(known, "K1", "Alpine Dairy"), row(known, "K2", "Baltic Fish", country="1")]

    made, again = send(rows, idempotency_key="one"), send(rows, idempotency_key="one")
    other = send(rows[:1], idempotency_key="one")

    assert (statuses(made), again.json()) == (["created", "refused"], made.json())
    assert again.headers["Idempotent-Replay"] == "true"
    assert (other.status_code, Customer.objects.count()) == (422, 2)


def test_all_or_none_keeps_nothing_of_a_call_with_a_refused_row(send, known):
    rows = [row(known, f"K{number}", name) for number, name in enumerate(PLACES[:3], start=1)]

    broken = send([*rows, row(known, "K9", "Delta Orchards", country="1")], query="?all_or_none=true")
    malformed = send([*rows, {"value": 1, "colour": "red"}], query="?all_or_none=true")
    odd = send(rows, query="?all_or_none=perhaps")
    left = Customer.objects.count()
    made = send(rows, query="?all_or_none=true")

    assert (broken.status_code, malformed.status_code, odd.status_code, left) == (422, 400, 400, 1)
    assert broken.json()["errors"][0]["field"] == "[3].country"
    assert malformed.json()["errors"][0]["field"] == "[3].colour"
    assert made.json()["created"] == 3


def test_what_only_the_database_refuses_holds_up_no_other_row(send, known):
    """A cycle of parents is seen when it is written: the rows are written in halves until it is found."""
    below = ExternalIdFactory(customer__org_unit=known.org_unit, customer__parent=known, source="erp", value="K1")

    answer = send(
        [row(known, "K2", "Alpine Dairy"), row(known, "K0", parent=below.customer_id), row(known, "K3", "Baltic Fish")]
    )

    assert statuses(answer) == ["created", "refused", "created"]
    assert answer.json()["results"][1]["errors"][0]["field"] == "parent"


def test_rows_add_no_statements(send, known):
    def statements(names: list[str]) -> int:
        rows = [row(known, name, name, tags=["Bulk"], city="Here") for name in names]
        with CaptureQueriesContext(connection) as queries:
            assert send(rows).json()["created"] == len(names)
        with CaptureQueriesContext(connection) as changes:
            assert send([one | {"city": "There"} for one in rows]).json()["updated"] == len(names)
        return len(queries) + len(changes)

    few = statements(["Alpine Dairy", "Baltic Fish"])
    many = statements([f"{chr(65 + n)}{chr(90 - n)}{n * 7919:04d} {chr(70 + n % 9) * 7}" for n in range(26)])

    assert many <= few + 4
