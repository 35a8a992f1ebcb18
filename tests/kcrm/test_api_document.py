"""The API document says what the calls do; `bin/test-api` holds a running server to it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator

from tests.factories.accounts import UserFactory

KEEPS_NO_ANSWER = {
    ("post", "/api/v1/api-tokens/"),  # the secret is in the answer
    ("delete", "/api/v1/api-tokens/{id}/"),  # ends once and for all
    ("post", "/api/v1/webhooks/"),  # the secret is in the answer
    ("post", "/api/v1/webhooks/{id}/rotate/"),  # the secret is in the answer
    ("post", "/api/v1/ledger-lines/bulk/"),  # each line once, however often it comes
    ("post", "/api/v1/positions/what-if/"),  # stores nothing
}
REFUSALS = {"400", "401", "403", "406", "422", "429", "503"}


@cache
def document() -> Any:
    """The document that the server serves."""
    return SchemaGenerator().get_schema(request=None, public=True)


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """[(method, path, operation)]"""
    return [
        (method, path, operation) for path, found in document()["paths"].items() for method, operation in found.items()
    ]


def headers_of(operation: dict[str, Any]) -> set[str]:
    return {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}


def test_nothing_in_the_document_is_guessed() -> None:
    reset_generator_stats()

    SchemaGenerator().get_schema(request=None, public=True)

    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_every_call_says_how_it_is_refused() -> None:
    silent = [(method, path) for method, path, said in operations() if not set(said["responses"]) >= REFUSALS]

    assert silent == []


def test_a_position_without_an_estimate_is_as_the_document_says() -> None:
    properties = document()["components"]["schemas"]["Position"]["properties"]

    assert all(properties[name].get("nullable") for name in ("available_sales", "net_sales_12m", "gap", "solid_until"))


def test_every_write_answers_a_repeated_call_once() -> None:
    writes = {(method, path) for method, path, said in operations() if method != "get"}
    once = {(method, path) for method, path, said in operations() if "Idempotency-Key" in headers_of(said)}

    assert writes - once == KEEPS_NO_ANSWER


def test_what_has_versions_takes_if_match_and_answers_with_a_tag() -> None:
    task = document()["paths"]["/api/v1/tasks/{id}/"]

    assert "If-Match" in headers_of(task["patch"])
    assert {"412", "428"} <= set(task["patch"]["responses"])
    assert "ETag" in task["get"]["responses"]["200"]["headers"]


def test_a_write_answers_with_the_record_as_it_is_read() -> None:
    made = document()["paths"]["/api/v1/tasks/"]["post"]["responses"]["201"]

    assert made["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Task"}


def test_an_act_on_a_record_sends_nothing_unless_it_says_so() -> None:
    assert "requestBody" not in document()["paths"]["/api/v1/tasks/{id}/done/"]["post"]


def test_what_a_column_allows_the_document_allows() -> None:
    score = document()["components"]["schemas"]["Score"]

    assert score["properties"]["rank"]["nullable"]
    assert {"$ref": "#/components/schemas/BlankEnum"} in score["properties"]["tier"]["oneOf"]
    assert "required" not in score


@pytest.mark.django_db
def test_a_moment_with_an_offset_that_postgresql_does_not_know_is_read(client: Client) -> None:
    client.force_login(UserFactory(roles=["programme_office"]))

    assert client.get("/api/v1/customers/?changed_since=2594-10-15T19:17:15%2B18:31").status_code == 200
    assert client.get("/api/v1/customers/?changed_since=0001-01-01T00:00:00%2B18:31").status_code == 400


@pytest.mark.django_db
def test_no_address_is_a_problem_with_a_code(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get("/api/v1/customers/export/xml/").json()["code"] == "not_found"


def test_numbers_of_other_records_are_called_as_what_they_are_numbers_of() -> None:
    schemas = document()["components"]["schemas"]
    telling = {"subject_id", "object_id", "request_id", "webhook_id", "chat_id"}  # of any kind, or of no record

    late = {
        (name, field)
        for name, schema in schemas.items()
        for field in schema.get("properties", ())
        if field.endswith("_id") and field not in telling
    }

    assert late == set()
