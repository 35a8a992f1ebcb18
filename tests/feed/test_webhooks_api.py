"""Webhooks through the REST door: kept in a session, read by a token, tested by an event of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.services.tokens import create_token
from feed.models import Delivery, Endpoint
from feed.services import endpoints
from feed.services.delivering import deliver
from tests import personas
from tests.feed.receiver import receiver

pytestmark = pytest.mark.django_db

WEBHOOKS = "/api/v1/webhooks/"
NEW = {"name": "ERP", "url": "https://erp.example.com/hook", "events": ["customer.updated"]}


@pytest.fixture
def administrator() -> User:
    return personas.administrator()


@pytest.fixture
def browser(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def endpoint(administrator: User) -> Endpoint:
    made, _secret = endpoints.create_endpoint(values=NEW | {"name": "Known"}, by=administrator)
    return made


def post(client: Client, path: str, body: Any = None, version: int | None = None, **more: Any) -> Any:
    if version is not None:
        more["HTTP_IF_MATCH"] = f'"{version}"'
    return client.post(path, json.dumps(body) if body is not None else "", "application/json", **more)


def bearer(user: User, *scopes: str) -> dict[str, str]:
    _token, secret = create_token(by=user, name="test", scopes=scopes)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_the_secret_is_in_the_answer_that_made_it_and_in_no_other(browser: Client):
    made = post(browser, WEBHOOKS, NEW)

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    known = made.json()["webhook"]
    read = browser.get(f"{WEBHOOKS}{known['id']}/")
    assert read.json() == known
    assert "whsec_" not in read.content.decode()


def test_a_rotation_tells_a_new_secret_and_needs_the_version(browser: Client, endpoint: Endpoint):
    path = f"{WEBHOOKS}{endpoint.pk}/rotate/"

    unversioned, rotated, again = post(browser, path), post(browser, path, version=1), post(browser, path, version=1)

    assert [unversioned.status_code, rotated.status_code, again.status_code] == [428, 200, 412]
    assert rotated.json()["secret"].startswith("whsec_")
    assert rotated.json()["webhook"]["former_until"] is not None
    assert rotated["ETag"] == '"2"'


def test_it_is_changed_paused_and_deleted_by_its_version(browser: Client, endpoint: Endpoint):
    path = f"{WEBHOOKS}{endpoint.pk}/"

    changed = browser.patch(path, json.dumps({"events": []}), "application/json", HTTP_IF_MATCH='"1"')
    paused = post(browser, f"{path}pause/", version=2)
    resumed = post(browser, f"{path}resume/", version=3)
    deleted = browser.delete(path, HTTP_IF_MATCH='"4"')

    assert [one.status_code for one in (changed, paused, resumed, deleted)] == [200, 200, 200, 204]
    assert changed.json()["events"] == []
    assert (paused.json()["is_paused"], resumed.json()["is_paused"]) == (True, False)
    assert not Endpoint.objects.exists()


def test_a_test_reaches_this_receiver_alone_and_no_reader_of_the_feed(
    browser: Client, administrator: User, endpoint: Endpoint, settings: Any
):
    with receiver() as there:
        settings.KCRM_OUTBOUND_TEST_RECEIVERS = (there.address,)
        tried, _secret = endpoints.create_endpoint(
            values={"name": "Tried", "url": f"http://{there.address}/hook", "events": ["task.created"]},
            by=administrator,
        )
        sent = post(browser, f"{WEBHOOKS}{tried.pk}/test/")
        deliver(endpoint_id=tried.pk)

    assert sent.status_code == 202
    ((headers, body),) = there.requests
    assert json.loads(body)["type"] == "webhook.test"
    assert headers["webhook-id"] == f"msg_{sent.json()['change']}"
    assert not Delivery.objects.filter(endpoint=endpoint).exists()
    assert browser.get("/api/v1/changes/").json()["results"] == []
    assert AuditEntry.objects.filter(action="run", subject_id=str(tried.pk)).exists()
    found = browser.get(f"/api/v1/webhook-deliveries/?endpoint={tried.pk}&event=webhook.test").json()
    assert [row["state"] for row in found["results"]] == ["delivered"]


def test_a_paused_webhook_is_not_tested(browser: Client, administrator: User, endpoint: Endpoint):
    endpoints.pause_endpoint(endpoint_id=endpoint.pk, version=1, paused=True, by=administrator)

    assert post(browser, f"{WEBHOOKS}{endpoint.pk}/test/").status_code == 422
    assert not Delivery.objects.exists()


def test_what_was_given_up_is_sent_again_one_by_one_and_all_at_once(
    browser: Client, administrator: User, endpoint: Endpoint
):
    first = endpoints.send_test(endpoint_id=endpoint.pk, by=administrator)
    endpoints.send_test(endpoint_id=endpoint.pk, by=administrator)
    Delivery.objects.update(state="failed")

    one = post(browser, f"/api/v1/webhook-deliveries/{first.pk}/again/")
    rest = post(browser, f"{WEBHOOKS}{endpoint.pk}/retry/")

    assert one.json()["state"] == "waiting"
    assert rest.json() == {"count": 1}


def test_a_token_reads_the_webhooks_of_its_owner_and_keeps_none(endpoint: Endpoint, administrator: User):
    other = personas.administrator()
    endpoints.create_endpoint(values=NEW | {"name": "Of another"}, by=other)
    token = bearer(administrator, "webhooks:read")

    seen = Client().get(WEBHOOKS, **token)
    tried = post(Client(), f"{WEBHOOKS}{endpoint.pk}/test/", **token)
    without = Client().get(WEBHOOKS, **bearer(administrator, "accounts:read"))

    assert [row["name"] for row in seen.json()["results"]] == ["Known"]
    assert (tried.status_code, without.status_code) == (403, 403)


def test_the_page_sends_a_test_and_shows_its_delivery(browser: Client, endpoint: Endpoint):
    page = browser.get(reverse("feed:endpoint-detail", args=[endpoint.pk])).content.decode()
    sent = browser.post(reverse("feed:endpoint-test", args=[endpoint.pk]), follow=True)

    assert "Send a test" in page
    assert "webhook.test" in sent.content.decode()


def test_events_are_offered_kind_by_kind(browser: Client):
    page = browser.get(reverse("feed:endpoint-create")).content.decode()

    assert "<label>customer</label>" in page
    assert 'value="customer.updated"' in page
