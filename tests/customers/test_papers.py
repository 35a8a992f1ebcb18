"""Files and agreements through both doors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from customers.models import Agreement, Customer, Document
from tests import personas
from tests.factories.accounts import ApiTokenFactory
from tests.factories.activities import AgreementFactory, DocumentFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(name="QUICK-Stop", currency="EUR")


@pytest.fixture
def manager(customer: Customer) -> User:
    return personas.account_manager(customer)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, customer: Customer, name: str = "offer.pdf", content: bytes = b"%PDF-1.7 offer") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"/customers/{customer.pk}/documents/new/", {"file": file, "title": ""})


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_name_of_ours_and_comes_back_as_a_download(
    customer: Customer, manager: User, media: Path
) -> None:
    client = browser(manager)

    upload(client, customer)
    document = Document.objects.get()
    answer = client.get(f"/documents/{document.pk}/file/")

    assert (document.title, document.size, document.media_type) == ("offer.pdf", 14, "application/pdf")
    assert "offer" not in files_in(media)[0].name
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 offer"
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("name", "content"), [("a.svg", b"<svg/>"), ("a.pdf", b"<html>"), ("a.txt", b"<script>"), ("a.exe", b"MZ")]
)
def test_a_hostile_file_leaves_nothing(
    customer: Customer, manager: User, media: Path, name: str, content: bytes
) -> None:
    answer = upload(browser(manager), customer, name, content)

    assert answer.status_code == 422
    assert (Document.objects.count(), files_in(media)) == (0, [])


@pytest.mark.parametrize("name", ["team_reader", "outsider", "finance"])
def test_who_may_not_stores_nothing(customer: Customer, media: Path, name: str) -> None:
    answer = upload(browser(personas.persona(name, customer)), customer)

    assert answer.status_code in {403, 404}
    assert (Document.objects.count(), files_in(media)) == (0, [])


def test_the_address_of_a_file_gives_strangers_nothing(customer: Customer, manager: User) -> None:
    upload(browser(manager), customer)
    address = f"/documents/{Document.objects.get().pk}/file/"

    statuses = {
        "other": browser(personas.outsider()).get(address).status_code,
        "nobody": Client().get(address).status_code,
        "reader": browser(personas.team_reader(customer)).get(address).status_code,
    }

    assert statuses == {"other": 404, "nobody": 302, "reader": 200}


def test_a_file_in_the_bin_cannot_be_fetched_until_it_is_restored(customer: Customer, manager: User) -> None:
    client = browser(manager)
    upload(client, customer)
    pk = Document.objects.get().pk

    client.post(f"/documents/{pk}/delete/", {"version": 1})
    gone = client.get(f"/documents/{pk}/file/").status_code
    client.post(f"/documents/{pk}/restore/", {"version": 2})

    assert (gone, client.get(f"/documents/{pk}/file/").status_code) == (404, 200)


def test_a_lost_file_is_missing_not_broken(customer: Customer, manager: User) -> None:
    document = DocumentFactory(customer=customer)

    assert browser(manager).get(f"/documents/{document.pk}/file/").status_code == 404


def test_the_api_takes_lists_and_hands_out_files(customer: Customer, manager: User) -> None:
    client = browser(manager)

    made = client.post(
        "/api/v1/documents/", {"customer": customer.pk, "file": SimpleUploadedFile("报价.txt", "一".encode())}
    )
    listed = client.get(f"/api/v1/documents/?customer={customer.pk}").json()
    file = client.get(f"/api/v1/documents/{made.json()['id']}/file/")

    assert made.status_code == 201, made.content
    assert listed["results"][0]["file_name"] == "报价.txt"
    assert b"".join(file.streaming_content) == "一".encode()
    assert file["Content-Security-Policy"].startswith("sandbox")


def test_no_token_reaches_files(customer: Customer, manager: User) -> None:
    document = DocumentFactory(customer=customer)
    ApiTokenFactory(owner=manager, scopes=["accounts:read"], secret="kcrm_for_files")
    client = Client(headers={"Authorization": "Bearer kcrm_for_files"})

    assert client.get("/api/v1/documents/").status_code == 403
    assert client.get(f"/api/v1/documents/{document.pk}/file/").status_code == 403


def test_an_agreement_is_noted_and_changed(customer: Customer, manager: User) -> None:
    client = browser(manager)
    values = {"title": "Frame 2026", "kind": "framework", "starts_on": "2026-01-01", "currency": "eur"}

    client.post(f"/customers/{customer.pk}/agreements/new/", values)
    agreement = Agreement.objects.get()
    wrong = client.post(f"/agreements/{agreement.pk}/edit/", values | {"ends_on": "2025-01-01", "version": 1})
    client.post(f"/agreements/{agreement.pk}/edit/", values | {"ends_on": "2027-01-01", "version": 1})

    agreement.refresh_from_db()
    assert wrong.status_code == 422
    assert (agreement.currency, str(agreement.ends_on), agreement.version) == ("EUR", "2027-01-01", 2)


def test_a_file_of_another_customer_cannot_be_attached(customer: Customer, manager: User) -> None:
    foreign = DocumentFactory()
    body = {"customer": customer.pk, "title": "x", "starts_on": "2026-01-01", "document": foreign.pk}

    answer = browser(manager).post("/api/v1/agreements/", body, content_type="application/json")

    assert answer.status_code == 422
    assert not Agreement.objects.exists()


def test_the_list_says_what_must_be_decided(customer: Customer, manager: User) -> None:
    today = timezone.localdate()
    AgreementFactory(customer=customer, title="Soon", ends_on=today + timedelta(days=50), notice_days=30)
    AgreementFactory(customer=customer, title="Later", ends_on=today + timedelta(days=300), notice_days=30)

    page = browser(manager).get("/agreements/?soon=notice").content.decode()

    assert "1 agreement must be decided within 30 days" in page
    assert "Soon" in page
    assert "Later" not in page


def test_service_agents_read_service_levels_without_their_value(customer: Customer) -> None:
    agent = personas.service_agent(customer)
    level = AgreementFactory(customer=customer, kind="service", annual_value="1234567.00")
    frame = AgreementFactory(customer=customer, kind="framework", annual_value="7654321.00")
    client = browser(agent)

    listed = client.get("/api/v1/agreements/").json()["results"]
    page = client.get(f"/agreements/{level.pk}/").content.decode()

    assert [row["id"] for row in listed] == [level.pk]
    assert "annual_value" not in listed[0]
    assert "1,234,567" not in page
    assert client.get(f"/agreements/{frame.pk}/").status_code == 404
    assert client.get("/api/v1/agreements/?ordering=annual_value").status_code == 400


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("account_manager", 200, 200),
        ("team_contributor", 200, 200),
        ("team_reader", 200, 403),
        ("director", 200, 403),
        ("finance", 200, 403),
        ("programme_office", 200, 403),
        ("outsider", 404, 404),
        ("auditor", 404, 404),
    ],
)
def test_who_reads_and_who_changes_agreements(customer: Customer, name: str, reads: int, writes: int) -> None:
    agreement = AgreementFactory(customer=customer)
    client = browser(personas.persona(name, customer))

    answers = [client.get(f"/agreements/{agreement.pk}/{act}").status_code for act in ("", "edit/")]

    assert answers == [reads, writes]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE customers_agreement SET ends_on = starts_on", "ends_after_start"),
        ("UPDATE customers_agreement SET currency = 'e'", "iso_currency"),
    ],
)
def test_the_database_refuses_impossible_agreements(statement: str, constraint: str) -> None:
    AgreementFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "address", ["/documents/", "/agreements/", "/customers/{0}/documents/", "/customers/{0}/agreements/"]
)
def test_statements_do_not_grow_with_rows(
    customer: Customer, manager: User, address: str, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        DocumentFactory(customer=customer, uploaded_by=manager)
        AgreementFactory(customer=customer)
    client = browser(manager)

    with django_assert_max_num_queries(14):
        answer = client.get(address.format(customer.pk))

    assert answer.status_code == 200
