"""Webhooks: written with the change, signed, delivered at least once, each receiver for itself."""

from __future__ import annotations

import base64
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from customers.models import Customer
from customers.services import contacts, customers
from feed.calculations import FIRST, GIVE_UP, LONGEST, is_over, pause_before, signature
from feed.models import Change, Delivery, Endpoint, Outgoing
from feed.services import endpoints
from feed.services.delivering import ask_for_deliveries, deliver
from feed.services.outbox import note, publish
from jobs.models import Job, Notification
from kcrm.lib import outbound
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.sealing import seal, unseal
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.activities import ContactRoleFactory
from tests.factories.customers import CustomerFactory
from tests.feed.receiver import receiver
from tests.running import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return personas.administrator()


@pytest.fixture
def customer() -> Customer:
    made: Customer = CustomerFactory(name="Canary Foods")
    return made


@pytest.fixture
def manager(customer: Customer) -> User:
    return personas.account_manager(customer)


def endpoint_for(address: str, by: User, settings: Any, **more: Any) -> tuple[Endpoint, str]:
    settings.KCRM_OUTBOUND_TEST_RECEIVERS = (*settings.KCRM_OUTBOUND_TEST_RECEIVERS, address)
    values = {"name": f"To {address}", "url": f"http://{address}/hook", "events": []} | more
    return endpoints.create_endpoint(values=values, by=by)


def change(customer: Customer, by: User, city: str = "Oslo") -> None:
    customers.update_customer(customer_id=customer.pk, version=None, values={"city": city}, by=by)
    publish()


# --- the outbox


def test_an_act_leaves_a_note_in_its_own_transaction(customer: Customer, manager: User):
    with transaction.atomic():
        customers.update_customer(customer_id=customer.pk, version=1, values={"city": "Oslo"}, by=manager)
        inside = Outgoing.objects.count()
        transaction.set_rollback(True)

    assert inside == 1
    assert Outgoing.objects.count() == 0


def test_what_is_published_names_the_record_and_fields_and_no_value(customer: Customer, manager: User):
    customers.update_customer(customer_id=customer.pk, version=1, values={"city": "Oslo", "region": "N"}, by=manager)

    publish()

    row = Change.objects.get(event="customer.updated")
    assert (row.object_id, row.customer_id, row.fields) == (customer.pk, customer.pk, ["city", "region"])
    assert not Outgoing.objects.exists()
    assert "Oslo" not in json.dumps(row.detail)


def test_private_fields_are_not_even_named():
    role = ContactRoleFactory()
    manager = personas.account_manager(role.customer)
    contacts.update_contact(
        contact_id=role.contact_id, version=None, values={"birthday": "1980-01-01", "phone": "1"}, by=manager
    )
    publish()

    assert Change.objects.get(event="contact.updated").fields == ["phone"]


def test_numbers_are_given_when_published_not_when_written(customer: Customer, manager: User):
    note("score.published", object_id=1)
    note("ledger.imported", object_id=2)
    publish()
    note("score.published", object_id=3)
    publish()

    assert list(Change.objects.order_by("seq").values_list("object_id", flat=True)) == [1, 2, 3]


def test_an_event_that_no_app_declares_is_refused():
    with pytest.raises(ValueError, match="declares"):
        note("nonsense.happened")


# --- signing


def test_the_signature_is_that_of_the_standard():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    header = signature([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_pauses_double_from_a_minute_to_six_hours_and_spread():
    assert pause_before(1, 0.5) == FIRST
    assert pause_before(3, 0.5) == 4 * FIRST
    assert pause_before(30, 0.5) == LONGEST
    assert pause_before(1, 0.0) == FIRST * 0.8
    assert pause_before(1, 1.0) == FIRST * 1.2


def test_a_delivery_is_given_up_after_a_day():
    start = datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone())

    assert not is_over(start, start + GIVE_UP - timedelta(seconds=1))
    assert is_over(start, start + GIVE_UP)


# --- delivering


def test_a_change_is_delivered_signed_and_once(customer: Customer, manager: User, administrator: User, settings: Any):
    with receiver() as there:
        _endpoint, secret = endpoint_for(there.address, administrator, settings)
        change(customer, manager)

        ask_for_deliveries(timezone.now() + timedelta(seconds=1))
        run_jobs()

    ((headers, body),) = there.requests
    data = json.loads(body)
    assert data["type"] == "customer.updated"
    assert data["data"]["id"] == customer.pk
    assert data["data"]["fields"] == ["city"]
    assert b"Oslo" not in body
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300
    expected = signature([secret], headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert headers["webhook-signature"] == expected
    assert Delivery.objects.get().state == "delivered"


def test_only_chosen_events_are_delivered(customer: Customer, manager: User, administrator: User, settings: Any):
    with receiver() as there:
        endpoint_for(there.address, administrator, settings, events=["customer.deleted"])
        change(customer, manager)

    assert not Delivery.objects.exists()


def test_after_a_rotation_both_secrets_sign_for_a_day(
    customer: Customer, manager: User, administrator: User, settings: Any
):
    with receiver() as there:
        endpoint, old = endpoint_for(there.address, administrator, settings)
        _endpoint, new = endpoints.rotate_secret(
            endpoint_id=endpoint.pk, version=1, by=administrator, now=timezone.now()
        )
        change(customer, manager)
        deliver(endpoint_id=endpoint.pk)

    ((headers, body),) = there.requests
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == signature([new, old], headers["webhook-id"], stamp, body)


@pytest.mark.parametrize("behaviour", ["error", "busy", "redirect", "drop", "garbage", "flood"])
def test_a_hostile_receiver_is_tried_again_later_and_never_followed(
    behaviour: str, customer: Customer, manager: User, administrator: User, settings: Any
):
    with receiver(behaviour) as there:
        endpoint, _secret = endpoint_for(there.address, administrator, settings)
        change(customer, manager)
        deliver(endpoint_id=endpoint.pk)
        first = Delivery.objects.get()
        there.behaviour = "ok"
        Delivery.objects.update(next_at=timezone.now())
        deliver(endpoint_id=endpoint.pk)

    assert (first.state, first.attempts) == ("waiting", 1)
    assert 40 < (first.next_at - timezone.now()).total_seconds() < 80
    assert first.error
    assert Delivery.objects.get().state == "delivered"
    assert len(set(there.ids)) == 1
    assert len(there.ids) == 2


@pytest.mark.parametrize("behaviour", ["hang", "trickle"])
def test_a_receiver_that_never_ends_is_cut_off(
    behaviour: str, customer: Customer, manager: User, administrator: User, settings: Any, monkeypatch: Any
):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 1.5)
    with receiver(behaviour) as there:
        endpoint, _secret = endpoint_for(there.address, administrator, settings)
        change(customer, manager)
        started = time.monotonic()
        deliver(endpoint_id=endpoint.pk)

    assert time.monotonic() - started < 6
    assert Delivery.objects.get().error == "No answer within 10 seconds."


def test_a_dead_receiver_delays_no_other(customer: Customer, manager: User, administrator: User, settings: Any):
    with receiver() as alive:
        endpoint_for("127.0.0.1:1", administrator, settings)
        endpoint_for(alive.address, administrator, settings)
        for number in range(3):
            change(customer, manager, f"City {number}")
        ask_for_deliveries(timezone.now() + timedelta(seconds=1))
        run_jobs()

    assert len(alive.ids) == 3
    dead = Delivery.objects.filter(endpoint__name="To 127.0.0.1:1")
    assert [row.attempts for row in dead.order_by("pk")] == [1, 0, 0]


def test_twenty_failures_cut_an_endpoint_off_and_one_success_ends_it(
    customer: Customer, manager: User, administrator: User, settings: Any
):
    with receiver("error") as there:
        endpoint, _secret = endpoint_for(there.address, administrator, settings)
        for number in range(25):
            change(customer, manager, f"City {number}")
        deliver(endpoint_id=endpoint.pk)
        cut_off = Endpoint.objects.get()
        asked = len(there.ids)
        there.behaviour = "ok"
        Endpoint.objects.update(open_until=timezone.now())
        Delivery.objects.update(next_at=timezone.now())
        deliver(endpoint_id=endpoint.pk)

    assert (cut_off.failures, asked) == (20, 20)
    assert cut_off.open_until > timezone.now()
    assert Notification.objects.filter(user=administrator).count() == 1
    healed = Endpoint.objects.get()
    assert (healed.failures, healed.open_until) == (0, None)
    assert Delivery.objects.filter(state="delivered").count() == 25


def test_what_waited_for_a_day_is_given_up_and_can_be_sent_again(
    customer: Customer, manager: User, administrator: User, settings: Any
):
    with receiver() as there:
        endpoint, _secret = endpoint_for(there.address, administrator, settings)
        change(customer, manager)
        Delivery.objects.update(since=timezone.now() - timedelta(hours=25))
        deliver(endpoint_id=endpoint.pk)
        given_up = Delivery.objects.get().state
        endpoints.send_again(delivery_ids=None, endpoint_id=endpoint.pk, by=administrator)
        deliver(endpoint_id=endpoint.pk)

    assert given_up == "failed"
    assert Delivery.objects.get().state == "delivered"
    assert AuditEntry.objects.filter(action="run", subject_type="feed.endpoint").count() == 1


def test_a_paused_endpoint_gets_it_later(customer: Customer, manager: User, administrator: User, settings: Any):
    with receiver() as there:
        endpoint, _secret = endpoint_for(there.address, administrator, settings)
        endpoints.pause_endpoint(endpoint_id=endpoint.pk, version=1, paused=True, by=administrator)
        change(customer, manager)
        asked = ask_for_deliveries(timezone.now() + timedelta(seconds=1))
        endpoints.pause_endpoint(endpoint_id=endpoint.pk, version=2, paused=False, by=administrator)
        deliver(endpoint_id=endpoint.pk)

    assert asked == 0
    assert len(there.ids) == 1


def test_one_job_an_endpoint_however_often_the_scheduler_looks(
    customer: Customer, manager: User, administrator: User, settings: Any
):
    with receiver() as there:
        endpoint_for(there.address, administrator, settings)
        change(customer, manager)
        for _turn in range(3):
            ask_for_deliveries(timezone.now() + timedelta(seconds=1))

    assert Job.objects.filter(kind="feed.deliver").count() == 1


# --- keeping


def test_the_secret_is_shown_once_and_stored_sealed(administrator: User):
    client = Client()
    client.force_login(administrator)

    answer = client.post(reverse("feed:endpoint-create"), {"name": "ERP", "url": "https://erp.example.com/hook"})
    endpoint = Endpoint.objects.get()
    page = client.get(reverse("feed:endpoint-detail", args=[endpoint.pk])).content.decode()

    shown = answer.content.decode()
    assert "whsec_" in shown
    assert "whsec_" not in page
    assert "whsec_" not in endpoint.secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_auditentry WHERE changes::text LIKE '%%whsec_%%'")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    "url", ["http://erp.example.com/", "https://u:p@erp.example.com/", "https://erp.example.com:25/", "https://1/"]
)
def test_an_address_that_is_never_called_is_refused(url: str, administrator: User):
    with pytest.raises(DomainError):
        endpoints.create_endpoint(values={"name": "x", "url": url, "events": []}, by=administrator)


@pytest.mark.parametrize("persona", ["director", "finance", "auditor", "account_manager"])
def test_only_administrators_keep_webhooks(persona: str, customer: Customer):
    by = getattr(personas, persona)(customer)

    with pytest.raises(NotAllowed):
        endpoints.create_endpoint(values={"name": "x", "url": "https://a.example.com/", "events": []}, by=by)


def test_a_sealed_text_survives_the_rotation_of_the_key(settings: Any):
    sealed = seal("whsec_x")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert unseal(sealed) == "whsec_x"
    assert base64.urlsafe_b64decode(sealed)
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) is None


def test_the_first_step_of_an_empty_list_is_offered_to_whom_it_is_open_only(client):
    offered = {}
    for role in ("administrator", "auditor", "administrator"):
        client.force_login(UserFactory(roles=[role]))
        offered[role] = 'href="/webhooks/new/"' in client.get("/webhooks/").content.decode()

    assert offered == {"administrator": True, "auditor": False}
