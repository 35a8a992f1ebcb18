"""/api/v1/imports/: rows in with one call, an answer for each."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Customer, ImportBatch
from tests import personas
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/imports/"


@pytest.fixture
def director() -> User:
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user


def post(user: User, given: list[dict[str, Any]], **values: Any) -> Any:
    client = Client()
    client.force_login(user)
    body = {"importable": "customers", "source": "erp", "rows": given} | values
    return client.post(URL, body, content_type="application/json")


def test_rows_are_taken_or_refused_each_for_itself(director: User) -> None:
    rows = [{"external_id": "1", "name": "Acme"}, {"external_id": "2", "name": "Beta", "country": "Atlantis"}]

    first, second = post(director, rows), post(director, rows)

    assert (first.status_code, first.json()["created"], first.json()["rejected"]) == (201, 1, 1)
    assert [row["column"] for row in first.json()["rows"]] == ["", "country"]
    assert second.json()["unchanged"] == 1
    assert Customer.objects.get().name == "Acme"


def test_a_dry_run_leaves_nothing(director: User) -> None:
    answer = post(director, [{"name": "Acme"}], dry_run=True)

    assert (answer.status_code, answer.json()["id"], answer.json()["created"]) == (200, None, 1)
    assert (Customer.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_a_call_can_be_taken_back(director: User) -> None:
    number = post(director, [{"name": "Acme"}]).json()["id"]
    client = Client()
    client.force_login(director)
    version = client.get(f"{URL}{number}/")["ETag"]

    answer = client.post(f"{URL}{number}/undo/", content_type="application/json", HTTP_IF_MATCH=version)

    assert answer.status_code == 202, answer.content
    assert answer.json()["state"] == "undoing"


@pytest.mark.parametrize(
    "values", [{"importable": "x"}, {"extra": 1}, {"rows": []}, {"policy": {"x": "never"}}, {"keys": ["x"]}]
)
def test_what_makes_no_sense_is_refused(director: User, values: dict[str, Any]) -> None:
    assert post(director, [{"name": "Acme"}], **values).status_code in {400, 422}
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("name", ["outsider", "finance", "auditor", "team_reader"])
def test_others_bring_no_customers_in(name: str) -> None:
    assert post(personas.persona(name, CustomerFactory()), [{"name": "Acme"}]).status_code == 403
    assert ImportBatch.objects.count() == 0


def test_a_token_needs_the_scope_of_imports_and_of_what_comes_in(director: User) -> None:
    statuses = {}
    for scopes in (["accounts:write"], ["imports:write"], ["imports:write", "accounts:write"]):
        token = ApiTokenFactory(owner=director, scopes=scopes, secret=f"kcrm_{len(statuses)}secret")
        client = Client(HTTP_AUTHORIZATION=f"Bearer kcrm_{len(statuses)}secret")
        answer = client.post(
            URL, {"importable": "customers", "source": "erp", "rows": [{"name": f"Company {token.pk}"}]},
            content_type="application/json",
        )  # fmt: skip
        statuses[tuple(scopes)] = answer.status_code

    assert list(statuses.values()) == [403, 403, 201]
