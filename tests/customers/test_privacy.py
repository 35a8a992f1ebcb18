"""Consents stay, requests need two people, an erased person is nowhere, a copy is complete."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from django.apps import apps
from django.db import InternalError, connection, transaction
from django.db.models import ForeignKey
from django.utils import timezone

from accounts.models import AuditEntry
from customers.models import Consent, Contact, Interaction, LegalHold, PrivacyRequest
from customers.services import contacts, interactions, tasks
from customers.services.privacy import consents, requests
from customers.services.privacy.copying import archive_of_person, copy_of_person
from customers.services.privacy.erasing import erase_person, pseudonym_of
from customers.services.privacy.traces import places, pointing_at_people
from jobs.models import Job, Notification
from jobs.services.notifications import notify
from kcrm.lib.aftermath import end_again, path_of_ends, read_ends
from kcrm.lib.errors import DomainError, NotAllowed
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db

NAME, MAIL, PHONE = "Kanari Vogelsang", "kanari.vogelsang@example.com", "+49 40 7755331"
DAY = date(2026, 2, 1)


@pytest.fixture
def customer():
    return CustomerFactory(name="Alfreds Futterkiste")


@pytest.fixture
def people(customer):
    return personas.everybody(customer)


@pytest.fixture
def owner(people):
    return people["account_manager"]


@pytest.fixture
def person(customer, owner) -> Contact:
    return contacts.create_contact(
        values={
            "full_name": NAME,
            "email": MAIL,
            "phone": PHONE,
            "birthday": date(1970, 1, 1),
            "chat_id": "kanari-7755",
        },
        roles=[{"customer_id": customer.pk, "job_title": "Buyer"}],
        by=owner,
    )


def asked(person, customer, owner, kind="erasure") -> PrivacyRequest:
    return requests.open_request(contact_id=person.pk, customer_id=customer.pk, kind=kind, received_on=DAY, by=owner)


def approved(person, customer, people, kind="erasure") -> PrivacyRequest:
    request = asked(person, customer, people["account_manager"], kind)
    return requests.decide_request(request_id=request.pk, version=1, approve=True, reason="", by=people["director"])


def tables_with(text: str) -> dict[str, int]:
    """Every table of the database in which a text stands, and in how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE position(%s in t::text) > 0', [text])
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


# Consents


def consent(person, by, **values) -> Consent:
    standard = {
        "purpose": "news",
        "is_given": True,
        "channel": "email",
        "at": timezone.now(),
        "text_version": "2026-01",
    }
    return consents.record_consent(contact_id=person.pk, by=by, **(standard | values))


def test_the_newest_word_holds(person, owner):
    earlier = timezone.now() - timedelta(days=3)
    assert not consents.has_consent(person, "news")
    consent(person, owner, at=earlier)
    assert consents.has_consent(person, "news")
    assert not consents.has_consent(person, "survey")
    consent(person, owner, is_given=False)
    assert not consents.has_consent(person, "news")
    assert Consent.objects.count() == 2


def test_nothing_is_sent_without_a_consent(person, owner):
    with pytest.raises(DomainError, match="has not agreed to"):
        consents.require_consent(person, "event")
    consent(person, owner, purpose="event")
    consents.require_consent(person, "event")


@pytest.mark.parametrize(
    "statement", ["UPDATE customers_consent SET is_given = false", "DELETE FROM customers_consent"]
)
def test_a_consent_once_written_stays(person, owner, statement):
    consent(person, owner)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text_version": " "}, "text_version"),
        ({"purpose": "everything"}, "purpose"),
        ({"channel": "telepathy"}, "channel"),
        ({"at": datetime(2999, 1, 1, tzinfo=UTC)}, "at"),
    ],
)
def test_a_consent_says_what_was_agreed_to(person, owner, values, field):
    with pytest.raises(DomainError) as refusal:
        consent(person, owner, **values)
    assert refusal.value.field == field
    assert not Consent.objects.exists()


def test_who_only_reads_the_team_notes_no_consent(person, people):
    with pytest.raises(NotAllowed):
        consent(person, people["team_reader"])
    with pytest.raises(Contact.DoesNotExist):
        consent(person, people["outsider"])


# Requests


def test_nobody_decides_about_his_own_request(person, customer, people):
    request = asked(person, customer, people["director"])
    with pytest.raises(DomainError, match="Somebody else must decide"):
        requests.decide_request(request_id=request.pk, version=1, approve=True, reason="", by=people["director"])


def test_a_refusal_needs_its_reason(person, customer, people):
    request = asked(person, customer, people["account_manager"])
    with pytest.raises(DomainError) as refusal:
        requests.decide_request(request_id=request.pk, version=1, approve=False, reason=" ", by=people["director"])
    assert refusal.value.field == "reason"


def test_only_what_is_approved_is_carried_out_and_by_an_administrator(person, customer, people):
    request = asked(person, customer, people["account_manager"])
    with pytest.raises(DomainError, match="approved"):
        requests.carry_out(request_id=request.pk, version=1, by=people["administrator"])
    requests.decide_request(request_id=request.pk, version=1, approve=True, reason="", by=people["director"])
    with pytest.raises(NotAllowed):
        requests.carry_out(request_id=request.pk, version=2, by=people["director"])
    assert Contact.objects.get(pk=person.pk).full_name == NAME


def test_one_open_request_of_a_kind(person, customer, owner):
    asked(person, customer, owner)
    with pytest.raises(DomainError, match="still open"):
        asked(person, customer, owner)
    asked(person, customer, owner, kind="access")


def test_a_legal_hold_forbids_the_erasure_until_it_is_lifted(person, customer, people):
    request = approved(person, customer, people)
    hold = requests.place_hold(contact_id=person.pk, reason="Dispute 4711", by=people["director"])
    with pytest.raises(DomainError, match="Dispute 4711"):
        requests.carry_out(request_id=request.pk, version=2, by=people["administrator"])
    requests.lift_hold(hold_id=hold.pk, by=people["director"])
    done = requests.carry_out(request_id=request.pk, version=2, by=people["administrator"])
    assert done.state == "done"
    assert not LegalHold.objects.in_force().exists()


# Erasure


def test_an_erased_person_is_nowhere_in_the_database(person, customer, people, owner):
    contacts.update_contact(contact_id=person.pk, version=1, values={"full_name": f"{NAME} (old)"}, by=owner)
    meeting = interactions.log_interaction(
        customer_id=customer.pk,
        values={
            "kind": "call",
            "subject": f"Call with {NAME}",
            "body": f"{NAME} writes from {MAIL}",
            "happened_at": timezone.now() - timedelta(days=1),
        },
        contact_ids=[person.pk],
        by=owner,
        now=timezone.now(),
    )
    tasks.create_task(
        customer_id=customer.pk,
        values={"title": f"Ring {PHONE}", "contact_id": person.pk, "assignee_id": owner.pk},
        by=owner,
        today=timezone.localdate(),
    )
    notify(user=owner, kind="jobs.done", key="x", subject="Done: %(title)s", params={"title": NAME})
    Job.objects.create(kind="tests", args={"mail": MAIL}, max_attempts=1)
    assert set(tables_with(NAME)) >= {"customers_contact", "customers_interaction", "customers_contactevent"}
    request = approved(person, customer, people)

    done = requests.carry_out(request_id=request.pk, version=2, by=people["administrator"])

    for mark in (NAME, MAIL, PHONE, "kanari-7755"):
        assert tables_with(mark) == {}
    contact = Contact.objects.get(pk=person.pk)
    assert (contact.full_name, contact.birthday) == (pseudonym_of(person.pk), None)
    assert Interaction.objects.get(pk=meeting.pk).subject == f"Call with {pseudonym_of(person.pk)}"
    assert done.certificate["customers.interaction"] == 1
    assert Notification.objects.exists()


def test_a_namesake_elsewhere_keeps_his_name(person, customer, people, owner):
    other = CustomerFactory(name="Elsewhere")
    MembershipFactory(team=other.account_team, user=owner, level="owner")
    owner.__dict__.pop("_reach", None)
    namesake = contacts.create_contact(values={"full_name": "李明"}, roles=[{"customer_id": other.pk}], by=owner)
    here = contacts.create_contact(values={"full_name": "李明"}, roles=[{"customer_id": customer.pk}], by=owner)
    note = interactions.log_interaction(
        customer_id=other.pk,
        values={"kind": "call", "subject": "与李明通话", "happened_at": timezone.now()},
        contact_ids=[namesake.pk],
        by=owner,
        now=timezone.now(),
    )

    erase_person(contact_id=here.pk)

    assert Contact.objects.get(pk=namesake.pk).full_name == "李明"
    assert Interaction.objects.get(pk=note.pk).subject == "与李明通话"


def test_the_trail_never_held_the_name(person, customer, owner):
    assert not AuditEntry.objects.filter(subject_label__contains=NAME).exists()
    assert "accounts_auditentry" not in tables_with(NAME)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_is_repeated_after_an_older_database_came_back(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    customer = CustomerFactory()
    people = personas.everybody(customer)
    person = contacts.create_contact(
        values={"full_name": NAME}, roles=[{"customer_id": customer.pk}], by=people["account_manager"]
    )
    request = approved(person, customer, people)
    requests.carry_out(request_id=request.pk, version=2, by=people["administrator"])
    Contact.objects.filter(pk=person.pk).update(full_name=NAME, erased_at=None)  # what an older database holds

    assert end_again(read_ends(path_of_ends())) == {"erasure": 1}

    assert Contact.objects.get(pk=person.pk).full_name == pseudonym_of(person.pk)
    assert end_again(read_ends(path_of_ends())) == {}


def test_every_table_that_points_at_people_is_known(person):
    known = {place.model for place in places(person, all_rows=False)}
    left_out = {model._meta.label_lower for model, _column in pointing_at_people()} - {
        model._meta.label_lower for model in known
    }
    by_themselves = {"customers.consent", "customers.legalhold", "customers.contact"}  # an alias leads to its person
    assert left_out == by_themselves
    pointing = [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(isinstance(field, ForeignKey) and field.related_model is Contact for field in model._meta.get_fields())
    ]
    assert {model for model, _column in pointing_at_people()} == set(pointing)


# The copy


def test_the_copy_holds_what_points_at_the_person_and_what_names_him(person, customer, owner):
    consent(person, owner)
    interactions.log_interaction(
        customer_id=customer.pk,
        values={"kind": "call", "subject": "Prices", "body": f"{NAME} wants 3 %", "happened_at": timezone.now()},
        by=owner,
        now=timezone.now(),
    )

    copy = copy_of_person(person, timezone.now())

    assert copy["person"]["email"] == MAIL
    kinds = {section["kind"]: section["rows"] for section in copy["sections"]}
    assert kinds["customers.contactrole"][0]["job_title"] == "Buyer"
    assert kinds["customers.consent"][0]["purpose"] == "news"
    assert kinds["customers.interaction"][0]["body"] == f"{NAME} wants 3 %"


def test_the_archive_is_made_for_the_director_who_approved(person, customer, people):
    request = approved(person, customer, people, kind="access")
    requests.carry_out(request_id=request.pk, version=2, by=people["administrator"])

    run_jobs()

    job = Job.objects.get(kind=requests.COPY)
    assert (job.state, job.requested_by) == ("succeeded", people["director"])
    with zipfile.ZipFile(io.BytesIO(job.file.read())) as archive:
        assert archive.namelist() == ["data.json", "data.pdf"]
        assert orjson.loads(archive.read("data.json"))["person"]["full_name"] == NAME
        assert archive.read("data.pdf").startswith(b"%PDF-")


def test_a_chinese_name_with_an_umlaut_beside_it_prints(customer, owner):
    person = contacts.create_contact(
        values={"full_name": "王芳 Müller <b>"}, roles=[{"customer_id": customer.pk}], by=owner
    )
    with zipfile.ZipFile(io.BytesIO(archive_of_person(person, timezone.now()))) as archive:
        assert len(archive.read("data.pdf")) > 1000


# Pages


def test_the_way_of_a_request_through_the_pages(client, person, customer, people):
    client.force_login(people["account_manager"])
    page = client.get(f"/contacts/{person.pk}/privacy/")
    assert page.status_code == 200
    answer = client.post(
        f"/contacts/{person.pk}/consents/new/",
        {"purpose": "news", "is_given": "yes", "channel": "email", "at": "2026-01-05T10:00", "text_version": ""},
    )
    assert answer.status_code == 422
    assert "Name the version of the text" in answer.content.decode()
    client.post(
        f"/contacts/{person.pk}/privacy/new/",
        {"kind": "erasure", "customer": customer.pk, "received_on": "2026-02-01"},
    )
    request = PrivacyRequest.objects.get()
    assert "Somebody else must decide" in client.get(f"/privacy/{request.pk}/").content.decode()

    client.force_login(people["director"])
    client.post(f"/privacy/{request.pk}/approve/", {"version": 1})
    client.force_login(people["administrator"])
    page = client.get(f"/privacy/{request.pk}/").content.decode()
    assert NAME not in page
    client.post(f"/privacy/{request.pk}/carry-out/", {"version": 2})

    assert PrivacyRequest.objects.get().state == "done"
    assert "customers.contact" in client.get(f"/privacy/{request.pk}/").content.decode()
    assert client.get("/privacy/").status_code == 200
