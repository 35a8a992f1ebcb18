"""The REST door's furniture, tried on the resource of colleagues."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.services.tokens import create_token
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def bearer(user, *scopes):
    _token, secret = create_token(by=user, name="test", scopes=scopes)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_a_call_without_proof_is_refused_as_a_problem(client: Client):
    response = client.get("/api/v1/users/")

    assert response.status_code == 401
    assert response["Content-Type"].startswith("application/problem+json")
    assert response.json()["status"] == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_pages_follow_each_other_without_gap_or_repetition(client: Client):
    user = UserFactory(full_name="Anna")
    for name in ("Berta", "Clara", "Dora", "Emma"):
        UserFactory(full_name=name)
    client.force_login(user)

    first = client.get("/api/v1/users/?page_size=2&ordering=full_name").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    back = client.get(third["previous"]).json()

    assert [row["full_name"] for row in first["results"] + second["results"] + third["results"]] == [
        "Anna",
        "Berta",
        "Clara",
        "Dora",
        "Emma",
    ]
    assert first["count"] == 5
    assert third["next"] is None
    assert back["results"] == second["results"]


def test_only_asked_fields_are_sent(client: Client):
    client.force_login(UserFactory(full_name="Anna"))

    body = client.get("/api/v1/users/?fields=full_name").json()

    assert body["results"] == [{"full_name": "Anna"}]


@pytest.mark.parametrize("query", ["password=x", "ordering=password", "fields=password", "page_size=0", "after=x"])
def test_an_unknown_key_order_field_size_or_place_is_refused_by_name(client: Client, query: str):
    client.force_login(UserFactory())

    response = client.get(f"/api/v1/users/?{query}")

    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")


def test_a_token_carries_its_owner_and_no_more_than_its_scopes(client: Client):
    user = UserFactory()

    seen = client.get("/api/v1/me/", **bearer(user, "accounts:read")).json()
    refused = client.get("/api/v1/users/", **bearer(user, "audit:read"))

    assert seen["email"] == user.email
    assert seen["scopes"] == ["accounts:read"]
    assert refused.status_code == 403


def test_the_number_of_statements_does_not_grow_with_the_rows(client: Client, django_assert_max_num_queries):
    client.force_login(UserFactory())
    UserFactory.create_batch(30)

    with django_assert_max_num_queries(5):
        client.get("/api/v1/users/")


def test_the_document_and_its_browser_are_served_from_here(client: Client):
    document = client.get("/api/v1/schema/?format=json")
    page = client.get("/api/v1/docs/").content.decode()

    assert document.status_code == 200
    assert "https://" not in page.replace("https://www.w3.org", "")
    assert "swagger-ui" in page
