"""Every kind of record that can have fields has them at every door: pages, lists, files, REST, feed, privacy."""

from __future__ import annotations

import zipfile
from datetime import date

import orjson
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services.tokens import create_token
from bulk.models import BulkEdit
from bulk.services import edits
from bulk.services.running import revert_edit, run_edit
from customers.models import Agreement, Interaction, SearchEntry, Task
from customers.permissions import standings_for
from customers.selectors.history import history_of
from customers.services.agreements import create_agreement, update_agreement
from customers.services.customers import update_customer
from customers.services.imports.engine import import_rows
from customers.services.interactions import log_interaction
from customers.services.privacy.copying import copy_of_person
from customers.services.privacy.erasing import erase_person
from customers.services.tasks import create_task, update_task
from feed.models import Change
from feed.registry import resource_of
from feed.services.outbox import publish
from fields.api import CustomFieldsResource
from fields.definitions import book_for
from fields.models import Customisable
from fields.registry import all_record_types
from kcrm.api_router import router
from kcrm.archive import write_archive
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import all_importables, importable
from profitability.models import Product
from tests import personas
from tests.factories.activities import AgreementFactory, ContactFactory, InteractionFactory, TaskFactory
from tests.factories.customers import CustomerFactory
from tests.factories.profitability import ProductFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)
TYPES = [known.key for known in all_record_types()]


@pytest.fixture
def customer():
    return CustomerFactory(name="Alder")


@pytest.fixture
def manager(customer):
    return personas.account_manager(customer)


@pytest.mark.parametrize("known", all_record_types(), ids=TYPES)
def test_a_record_type_has_its_fields_at_every_door(known, define):
    define("Ticket", record=known.key, field_class=known.classes[0])
    resources = [viewset for _prefix, viewset, _name in router.registry if issubclass(viewset, CustomFieldsResource)]
    columns = [field.name for thing in all_importables() for field in importable(thing.key).fields]
    feed = resource_of(known.model._meta.label_lower)

    assert issubclass(known.model, Customisable)
    assert [viewset.record_type for viewset in resources if viewset.model is known.model] == [known.key]
    assert "custom_ticket" in columns
    assert feed is not None
    assert set(feed.hides(["custom_ticket", "custom_gone", "title"])) == {"custom_gone"}


# --- forms, pages, lists


def test_a_task_is_filled_in_shown_found_and_changed_in_its_cell(define, client: Client, customer, manager):
    define("Ticket", record="task", is_required=True, is_found_by=True)
    define("Effort", "choice", record="task", choices=[{"en": "Small"}, {"en": "Large"}])
    client.force_login(manager)
    sent = {"title": "Call", "assignee": manager.pk, "priority": 2, "custom_effort": "large"}

    refused = client.post(reverse("customers:task-create", args=[customer.pk]), sent)
    done = client.post(reverse("customers:task-create", args=[customer.pk]), sent | {"custom_ticket": "T-9"})

    assert (refused.status_code, done.status_code) == (422, 302)
    task = Task.objects.get()
    assert task.custom == {"ticket": "T-9", "effort": "large"}
    assert "T-9" in client.get(reverse("customers:task-detail", args=[task.pk])).content.decode()
    page = client.get("/tasks/?columns=title,custom_effort&custom_effort=large").content.decode()
    assert ("Large" in page, 'data-edit="custom_effort"' in page) == (True, True)
    assert (
        "0 tasks" in client.get("/tasks/?custom_effort=small").content.decode()
        or not client.get("/tasks/?custom_effort=small").context["table"].rows
    )
    cell = reverse("customers:task-cell", args=[task.pk, "custom_effort"])
    assert client.post(cell, {"version": 1, "value": "small"}).status_code == 200
    assert SearchEntry.objects.filter(kind="task", words__contains=["t"]).exists()


def test_cells_of_tasks_and_products_change_what_they_hold_by_themselves(client: Client, customer, manager):
    task, product = TaskFactory(customer=customer, assignee=manager, created_by=manager), ProductFactory(unit="box")
    client.force_login(manager)
    cell = reverse("customers:task-cell", args=[task.pk, "due_on"])
    form = client.get(cell)
    moved = client.post(cell, {"version": 1, "value": "2026-04-01"})
    client.force_login(personas.finance())
    renamed = client.post(
        reverse("profitability:product-cell", args=[product.pk, "unit"]), {"version": 1, "value": "carton"}
    )

    assert (form.status_code, moved.status_code, renamed.status_code) == (200, 200, 200)
    assert Task.objects.get().due_on == date(2026, 4, 1)
    assert Product.objects.get().unit == "carton"


def test_an_interaction_and_its_next_step_have_each_their_own(define, client: Client, customer, manager):
    define("Channel", record="interaction"), define("Ticket", record="task", is_required=True)
    client.force_login(manager)
    sent = {
        "kind": "call", "subject": "Prices", "happened_at": "2026-03-02T09:00", "custom_channel": "fair",
        "next_step": "Send the list",
    }  # fmt: skip

    answer = client.post(reverse("customers:interaction-create", args=[customer.pk]), sent)

    assert answer.status_code == 302, answer.content.decode()[:3000]
    interaction = Interaction.objects.get()
    assert interaction.custom == {"channel": "fair"}
    assert Task.objects.get().custom == {}  # a step that follows from a talk asks for nothing
    assert "fair" in client.get(reverse("customers:interaction-detail", args=[interaction.pk])).content.decode()
    assert "fair" in client.get("/interactions/?columns=subject,custom_channel&custom_channel=fai").content.decode()


def test_an_agreement_shows_its_commercial_fields_to_who_reads_its_value(define, client: Client, customer):
    define("Rebate", "number", record="agreement", field_class="F1"), define("Archive no", record="agreement")
    agreement = AgreementFactory(customer=customer, kind="service", custom={"rebate": "7", "archive_no": "A-1"})
    seen = {}
    for name, person in (("manager", personas.account_manager(customer)), ("agent", personas.service_agent(customer))):
        client.force_login(person)
        page = client.get(reverse("customers:agreement-detail", args=[agreement.pk])).content.decode()
        listed = client.get("/agreements/?sort=custom_rebate").status_code
        seen[name] = ("A-1" in page, "Rebate" in page, listed)

    assert seen == {"manager": (True, True, 200), "agent": (True, False, 400)}


def test_products_have_them_in_bulk_and_on_their_page(define, client: Client):
    define("Hazard class", record="product")
    finance, product = personas.finance(), ProductFactory()
    edit = edits.choose_rows(list_key="products", matching=Product.objects.all(), ids=None, query="", by=finance)
    edit = edits.set_change(
        edit_id=edit.pk, version=edit.version, act=BulkEdit.Act.CHANGE, values={"custom_hazard_class": "3"}, by=finance
    )
    client.force_login(finance)

    run_edit(edit_id=edit.pk, by=finance)
    page = client.get(reverse("profitability:product-detail", args=[product.pk])).content.decode()
    revert_edit(edit_id=edit.pk, by=finance)

    assert "Hazard class" in page
    assert Product.objects.get().custom == {}


# --- files


def test_files_bring_them_in_for_every_part_and_again_change_nothing(define, customer, manager):
    define("Ticket", record="task"), define("Channel", record="interaction"), define("Box", record="agreement")
    define("Keeper", "user", record="agreement")
    rows = {
        "tasks": {"customer": "Alder", "title": "Call", "custom_ticket": "T-9"},
        "interactions": {"customer": "Alder", "happened_at": "2026-03-02 09:00", "subject": "Prices",
                         "custom_channel": "fair"},
        "agreements": {"customer": "Alder", "title": "Frame", "starts_on": "2026-01-01", "custom_box": "7",
                       "custom_keeper": manager.email},
    }  # fmt: skip

    results = [
        [import_rows(importable=key, rows=[row], source="erp", by=manager) for _time in range(2)]
        for key, row in rows.items()
    ]

    assert [(first.created, second.unchanged) for first, second in results] == [(1, 1)] * 3, results[0][0].errors
    assert Task.objects.get().custom == {"ticket": "T-9"}
    assert Interaction.objects.get().custom == {"channel": "fair"}
    assert Agreement.objects.get().custom == {"box": "7", "keeper": manager.pk}


def test_a_file_fills_in_what_is_empty_and_refuses_what_cannot_be_kept(define, customer, manager):
    define("Effort", "number", record="task"), define("Ticket", record="task", is_required=True)
    create_task(customer_id=customer.pk, values={"title": "Call", "custom": {"ticket": "T"}}, by=manager, today=TODAY)
    row = {"customer": "Alder", "title": "Call", "custom_effort": "5", "custom_ticket": "other"}

    kept = import_rows(importable="tasks", rows=[row], source="erp", by=manager, policy={"custom_ticket": "fill_empty"})
    wrong = import_rows(
        importable="tasks", rows=[row | {"custom_effort": "many"}, {"customer": "Alder", "title": "New"}],
        source="erp", by=manager,
    )  # fmt: skip

    assert (kept.updated, kept.errors) == (1, [])
    assert Task.objects.get().custom == {"ticket": "T", "effort": "5"}
    assert [(number, field) for number, field, _why in wrong.errors] == [(2, "custom_effort"), (3, "custom_ticket")]


def test_products_come_with_theirs_from_files_and_programs(define, client: Client):
    define("Hazard class", record="product"), define("Buyer", "user", record="product")
    define("Deposit", "money", record="product", currency="EUR")
    finance = personas.finance()
    row = {"sku": "11", "name": "Cheese", "custom_hazard_class": "3", "custom_buyer": finance.email}

    first, again = (import_rows(importable="products", rows=[row], source="erp", by=finance) for _time in range(2))
    unknown = import_rows(
        importable="products", rows=[{"sku": "12", "name": "Milk", "custom_buyer": "nobody"}], source="erp", by=finance
    )
    client.force_login(finance)
    body = {"source": "erp", "rows": [{"sku": "11", "custom": {"deposit": {"amount": "2", "currency": "EUR"}}},
                                      {"sku": "11", "custom": {"nothing": 1}}]}  # fmt: skip
    answer = client.post("/api/v1/products/bulk/", body, content_type="application/json")

    assert (first.created, again.unchanged, unknown.errors[0][1]) == (1, 1, "custom_buyer")
    assert [row["result"] for row in answer.json()["results"]] == ["updated", "rejected"], answer.content
    assert Product.objects.get().custom == {"hazard_class": "3", "buyer": finance.pk, "deposit": "2.00"}


# --- programs


@pytest.mark.parametrize(
    ("record", "url", "body"),
    [
        ("task", "/api/v1/tasks/", {"title": "Call"}),
        ("interaction", "/api/v1/interactions/", {"kind": "call", "subject": "x", "happened_at": "2026-03-02T09:00Z"}),
        ("agreement", "/api/v1/agreements/", {"title": "Frame", "starts_on": "2026-01-01"}),
    ],
)
def test_programs_write_read_find_and_order_by_them(define, client: Client, customer, manager, record, url, body):
    define("Ticket", record=record, is_required=True), define("Effort", "number", record=record)
    client.force_login(manager)
    body |= {"customer": customer.pk}

    refused = client.post(url, body, content_type="application/json")
    made = client.post(url, body | {"custom": {"ticket": "T", "effort": "5"}}, content_type="application/json")
    row = made.json()
    change = client.patch(
        f"{url}{row['id']}/", {"custom": {"effort": None}}, content_type="application/json",
        headers={"If-Match": f'"{row["version"]}"'},
    )  # fmt: skip

    assert (refused.status_code, made.status_code) == (422, 201), made.content
    assert row["custom"] == {"ticket": "T", "effort": "5"}
    assert change.json()["custom"] == {"ticket": "T"}
    assert client.get(f"{url}?custom_ticket=t&ordering=-custom_effort").json()["count"] == 1
    assert client.get(f"{url}?custom_nothing=1").status_code == 400


def test_a_token_never_reads_what_an_agreement_is_worth(define, client: Client, customer, manager):
    define("Rebate", "number", record="agreement", field_class="F1"), define("Box", record="agreement")
    agreement = AgreementFactory(customer=customer, custom={"rebate": "7", "box": "A"})
    token = create_token(name="t", scopes=("accounts:read",), by=manager)[1]
    headers = {"Authorization": f"Bearer {token}"}

    answer = client.get(f"/api/v1/agreements/{agreement.pk}/", headers=headers).json()

    assert answer.get("custom") == {"box": "A"}, answer
    assert client.get("/api/v1/agreements/?ordering=custom_rebate", headers=headers).status_code == 400


# --- trail, history, feed, archive, privacy


def test_the_trail_keeps_values_but_no_free_words_that_may_name_somebody(define, customer, manager):
    define("Note", record="task"), define("Effort", "number", record="task"), define("Box", record="agreement")
    task = create_task(
        customer_id=customer.pk, values={"title": "Call", "custom": {"note": "CANARY", "effort": 5}}, by=manager,
        today=TODAY,
    )  # fmt: skip
    update_task(task_id=task.pk, version=1, values={"custom": {"note": "CANARY 2"}}, by=manager, today=TODAY)
    agreement = create_agreement(
        customer_id=customer.pk, values={"title": "F", "starts_on": TODAY, "custom": {"box": "A-1"}}, by=manager
    )

    told = [entry.changes for entry in AuditEntry.objects.filter(subject_type="customers.task").order_by("pk")]

    assert (told[0]["custom_effort"], told[0]["custom_note"]) == ([None, "5"], ["•••", "•••"])
    assert "CANARY" not in str(told)
    entry = AuditEntry.objects.get(subject_type="customers.agreement", subject_id=agreement.pk)
    assert entry.changes["custom_box"] == [None, "A-1"]


def test_the_history_tells_them_in_words(define, customer, manager):
    define("Level", "choice", record="agreement", choices=[{"en": "Gold"}, {"en": "Silver"}])
    define("Owner", "user", record="task")
    agreement = create_agreement(
        customer_id=customer.pk, values={"title": "F", "starts_on": TODAY, "custom": {"level": "gold"}}, by=manager
    )
    update_agreement(agreement_id=agreement.pk, version=1, values={"custom": {"level": "silver"}}, by=manager)
    create_task(
        customer_id=customer.pk, values={"title": "Call", "custom": {"owner": manager.pk}}, by=manager, today=TODAY
    )

    entries = history_of(customer, standings_for(manager, customer)).entries

    words = [(change.label, change.before, change.after) for entry in entries for change in entry.changes]
    assert ("Level", "Gold", "Silver") in words
    assert ("Owner", "–", manager.full_name) in words


def test_the_feed_names_the_fields_that_everybody_reads(define, customer, manager):
    define("Box", record="agreement"), define("Rebate", "number", record="agreement", field_class="F1")
    define("Segment"), define("Own cost", "number", field_class="F2")
    agreement = AgreementFactory(customer=customer)
    values = {"custom": {"box": "A", "rebate": 7}}
    update_agreement(agreement_id=agreement.pk, version=agreement.version, values=values, by=manager)
    update_customer(
        customer_id=customer.pk, version=None, values={"custom": {"own_cost": 7}}, by=personas.finance(customer)
    )
    update_customer(customer_id=customer.pk, version=None, values={"custom": {"segment": "A"}}, by=manager)

    publish()

    named = list(Change.objects.filter(event__endswith=".updated").order_by("seq").values_list("resource", "fields"))
    assert named == [("agreement", ["custom_box"]), ("customer", []), ("customer", ["custom_segment"])]


def test_the_archive_of_a_customer_has_them(define, customer, tmp_path):
    define("Ticket", record="task"), define("Channel", record="interaction"), define("Box", record="agreement")
    TaskFactory(customer=customer, custom={"ticket": "T-9"})
    InteractionFactory(customer=customer, custom={"channel": "fair"})
    AgreementFactory(customer=customer, custom={"box": "A"})
    path = tmp_path / "archive.zip"

    write_archive(path, customer, by=personas.director(customer), now=timezone.now())

    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in ("tasks", "interactions", "agreements"):
            found[name] = orjson.loads(archive.read(f"{name}.jsonl"))["custom"]
    assert found == {"tasks": {"ticket": "T-9"}, "interactions": {"channel": "fair"}, "agreements": {"box": "A"}}


def test_a_person_is_copied_from_them_and_erased_from_them(define, customer, manager):
    define("Spoke to", record="interaction", is_found_by=True), define("Ask", record="task", is_found_by=True)
    contact = ContactFactory(full_name="Maria Canaryson", at=customer)
    log_interaction(
        customer_id=customer.pk, by=manager, now=timezone.now(),
        values={"kind": "call", "subject": "x", "happened_at": timezone.now(),
                "custom": {"spoke_to": "Maria Canaryson"}},
    )  # fmt: skip
    create_task(
        customer_id=customer.pk, values={"title": "y", "custom": {"ask": "Maria Canaryson, twice"}}, by=manager,
        today=TODAY,
    )  # fmt: skip

    copied = {section["kind"] for section in copy_of_person(contact, timezone.now())["sections"]}
    erase_person(contact_id=contact.pk)

    assert {"customers.interaction", "customers.task"} <= copied
    for model in (Interaction, Interaction.pgh_event_model, Task, Task.pgh_event_model):
        assert "Canaryson" not in str(list(model.objects.values_list("custom", flat=True)))
    assert not SearchEntry.objects.filter(folded__contains="canaryson").exists()
    assert not SearchEntry.objects.filter(words__contains=["canaryson"]).exists()
    assert SearchEntry.objects.filter(kind="task").exists()


def test_an_unknown_field_of_a_task_is_refused_by_name(define, customer, manager):
    with pytest.raises(DomainError) as refused:
        create_task(
            customer_id=customer.pk, values={"title": "Call", "custom": {"nothing": 1}}, by=manager, today=TODAY
        )

    assert refused.value.field == "custom_nothing"
    assert book_for().live("task") == ()
