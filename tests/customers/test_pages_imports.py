"""Pages of imports over HTTP: from the file to its undoing, and what others see of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from customers.forms.import_answers import CREATE, unknown_texts
from customers.models import Customer, ImportBatch, SavedMapping
from jobs.runner import run_job
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
NORTHWIND = (Path(settings.BASE_DIR) / "demo" / "northwind" / "customers.csv").read_bytes()


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def director() -> User:
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, data: bytes, name: str = "file.csv", thing: str = "customers") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("imports:import-create"), {"importable": thing, "source": "erp", "file": file})


def columns(batch: ImportBatch, **changed: str) -> dict[str, Any]:
    """The form of columns as the page shows it, with some answers changed."""
    values: dict[str, Any] = {f"field_{index}": name for name, index in batch.mapping.items()}
    for name, formats in batch.formats.items():
        values |= {f"{kind}_{batch.mapping[name]}": value for kind, value in formats.items()}
    return {**values, "version": batch.version, **changed}


def answered(client: Client, batch: ImportBatch, **changed: str) -> None:
    """The columns as guessed, the rules as offered, and the check run."""
    client.post(reverse("imports:import-columns", args=[batch.pk]), columns(batch, **changed))
    batch.refresh_from_db()
    rules = {"keys": batch.keys, "rule": "overwrite", "version": batch.version}
    client.post(reverse("imports:import-rules", args=[batch.pk]), rules)
    batch.refresh_from_db()
    run_job(batch.job_id, own_thread=False)
    batch.refresh_from_db()


def act(client: Client, batch: ImportBatch, name: str) -> None:
    batch.refresh_from_db()
    client.post(reverse(f"imports:import-{name}", args=[batch.pk]), {"version": batch.version})
    batch.refresh_from_db()
    assert batch.job is not None
    run_job(batch.job_id, own_thread=False)
    batch.refresh_from_db()


def test_a_file_goes_the_whole_way_and_back(director: User) -> None:
    client = signed_in(director)

    answer = upload(client, NORTHWIND, "customers.csv")
    batch = ImportBatch.objects.get()
    page = client.get(answer.url)
    answered(client, batch)
    checked = client.get(answer.url).content.decode()
    act(client, batch, "run")
    done = client.get(answer.url).content.decode()
    number = Customer.objects.alive().count()
    act(client, batch, "undo")

    assert page.status_code == 200
    assert "Alfreds Futterkiste" in page.content.decode()
    assert "91 rows would go in, 0 would be refused" in checked
    assert "91 new" in done
    assert number == 91
    assert (batch.state, Customer.objects.alive().count()) == ("undone", 0)


def test_what_nobody_knows_is_asked_for_and_mapped(director: User) -> None:
    client = signed_in(director)
    upload(client, b"id,name,country,relation\n1,Acme,Atlantis,Friend\n2,Beta,DE,End customer\n")
    batch = ImportBatch.objects.get()
    answered(client, batch)

    asked = client.get(reverse("imports:import-detail", args=[batch.pk])).content.decode()
    answer = client.post(
        reverse("imports:import-values", args=[batch.pk]),
        {"to_country_0": "GR", "to_relation_0": "partner", "version": batch.version},
    )
    batch.refresh_from_db()
    run_job(batch.job_id, own_thread=False)
    act(client, batch, "run")

    assert "Atlantis" in asked
    assert answer.status_code == 302
    assert set(Customer.objects.values_list("name", "country", "relation")) == {
        ("Acme", "GR", "partner"), ("Beta", "DE", "end_customer"),
    }  # fmt: skip


def test_refused_rows_leave_as_a_file_to_mend_without_formulas(director: User) -> None:
    client = signed_in(director)
    upload(client, b"id,name,country\n1,=cmd|' /C calc'!A0,Atlantis\n")
    batch = ImportBatch.objects.get()
    client.post(reverse("imports:import-columns", args=[batch.pk]), columns(batch))
    act(client, batch, "run")

    answer = client.get(reverse("imports:import-errors", args=[batch.pk]))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "id,name,country,Row,Column,Why refused"
    assert text.splitlines()[1].startswith("1,'=cmd|' /C calc'!A0,Atlantis,2,Country,")
    assert AuditEntry.objects.filter(action="export", subject_id=batch.pk).exists()


def test_another_encoding_is_chosen_on_the_page(director: User) -> None:
    client = signed_in(director)
    upload(client, "客户编号,公司名称\n1,上海贸易有限公司\n".encode("gb18030"))
    batch = ImportBatch.objects.get()

    client.post(
        reverse("imports:import-reading", args=[batch.pk]),
        {"encoding": "gb18030", "delimiter": ",", "header_row": "1", "version": batch.version},
    )

    assert "上海贸易有限公司" in client.get(reverse("imports:import-detail", args=[batch.pk])).content.decode()


def test_a_form_without_a_needed_column_comes_back_with_a_sentence(director: User) -> None:
    client = signed_in(director)
    upload(client, b"id,name\n1,Acme\n")
    batch = ImportBatch.objects.get()

    answer = client.post(reverse("imports:import-columns", args=[batch.pk]), columns(batch, field_1=""))

    assert answer.status_code == 422
    assert "Say which column holds: Name" in answer.content.decode()


def test_a_refused_file_keeps_what_was_typed(director: User) -> None:
    answer = upload(signed_in(director), b"%PDF-1.7", "file.csv")

    assert answer.status_code == 422
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("name", ["outsider", "service_agent", "auditor"])
def test_people_without_the_right_get_no_form(name: str) -> None:
    client = signed_in(personas.persona(name, CustomerFactory()))

    assert client.get(reverse("imports:import-create")).status_code == 403
    assert upload(client, b"name\nAcme\n").status_code == 403
    assert client.get(reverse("imports:import-template", args=["customers"])).status_code == 404


def test_others_find_no_import_and_the_keepers_see_no_rows(director: User) -> None:
    upload(signed_in(director), b"id,name\n1,Secret company\n")
    batch = ImportBatch.objects.get()
    other, auditor = signed_in(personas.finance()), signed_in(personas.auditor())
    page, errors = (reverse(f"imports:import-{name}", args=[batch.pk]) for name in ("detail", "errors"))

    assert (other.get(page).status_code, other.get(errors).status_code) == (404, 404)
    seen = auditor.get(page)
    assert seen.status_code == 200
    assert "Secret company" not in seen.content.decode()
    assert auditor.get(errors).status_code == 403
    for name in ("check", "run", "undo"):
        assert auditor.post(
            reverse(f"imports:import-{name}", args=[batch.pk]), {"version": batch.version}
        ).status_code in {403, 404}
    assert Customer.objects.count() == 0


def test_finance_is_offered_facts_only_and_templates_say_their_headings() -> None:
    client = signed_in(personas.finance())

    page = client.get(reverse("imports:import-list")).content.decode()
    answer = client.get(reverse("imports:import-template", args=["products"]) + "?form=csv")

    assert "Ledger lines" in page
    assert reverse("imports:import-template", args=["customers"]) not in page
    assert b"".join(answer.streaming_content).decode("utf-8-sig").startswith("Article number,Name,Product group")


def test_the_list_costs_the_same_for_two_imports_and_for_twenty(director: User, django_assert_num_queries: Any) -> None:
    client = signed_in(director)
    url = reverse("imports:import-list")
    ImportBatch.objects.bulk_create(
        ImportBatch(importable="customers", source="erp", created_by=director, file_name=f"{n}.csv") for n in range(2)
    )
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    ImportBatch.objects.bulk_create(
        ImportBatch(importable="customers", source="erp", created_by=director, file_name=f"{n}.csv") for n in range(18)
    )

    with django_assert_num_queries(len(few)):
        client.get(url)


MESSY = (
    "account,sector,since,office_location,subsidiary_of,website,contacted\n"
    "Acme Corporation,technology,03/04/2016,United States,,acme.example,\n"
    "Betatech,technology,05/06/2006,Kenya,Acme Coporation,,\n"
    "Bioholding,technolgy,07/08/2012,Untied States,Massive Dynamic,,\n"
)


def test_a_messy_export_is_brought_in_by_answers_alone(director: User) -> None:
    client = signed_in(director)
    upload(client, MESSY.encode(), "accounts.csv")
    batch = ImportBatch.objects.get()
    address = reverse("imports:import-values", args=[batch.pk])

    answered(client, batch)
    first = client.get(reverse("imports:import-detail", args=[batch.pk])).content.decode()
    asked = {name: list(texts) for name, texts in batch.checked["near"].items()}
    means = {
        "technolgy": "technology", "Acme Coporation": "Acme Corporation", "Untied States": "US",
        "Massive Dynamic": CREATE,
    }  # fmt: skip
    answers = {
        f"to_{name}_{index}": means[text]
        for name, texts in unknown_texts(batch).items()
        for index, text in enumerate(texts)
    }
    client.post(address, answers | {"version": batch.version})
    batch.refresh_from_db()
    run_job(batch.job_id, own_thread=False)
    nothing = Customer.objects.count()
    act(client, batch, "run")

    assert "technolgy" in first
    assert asked == {"industry": ["technolgy"], "parent": ["Acme Coporation"], "country": ["Untied States"]}
    assert nothing == 0
    assert (batch.state, batch.created, batch.rejected) == ("done", 3, 0)
    assert set(Customer.objects.values_list("name", "industry", "country", "parent__name")) == {
        ("Acme Corporation", "technology", "US", None), ("Betatech", "technology", "KE", "Acme Corporation"),
        ("Bioholding", "technology", "US", "Massive Dynamic"), ("Massive Dynamic", "", "", None),
    }  # fmt: skip
    assert ImportBatch.objects.get(form="api").created == 1


def test_the_page_shows_how_cells_read_under_the_chosen_format_and_saves_nothing(director: User) -> None:
    client = signed_in(director)
    upload(client, b"customer,name,since,until\nAcme,Maria,03/04/2026,31.12.2026\n", thing="contacts")
    batch = ImportBatch.objects.get()
    given = columns(batch, field_2="valid_from", dates_2="mdy", look="1")

    american = client.post(reverse("imports:import-columns", args=[batch.pk]), given, headers={"HX-Request": "true"})
    european = client.post(reverse("imports:import-columns", args=[batch.pk]), given | {"dates_2": "dmy"})

    batch.refresh_from_db()
    assert (american.status_code, batch.version, batch.state) == (200, 1, "uploaded")
    assert "4 Mar 2026" in american.content.decode()
    assert "3 Apr 2026" in european.content.decode()
    assert "Day and month could be the other way round" in european.content.decode()


def test_answers_kept_under_a_name_serve_another_file_with_its_columns_elsewhere(director: User) -> None:
    client = signed_in(director)
    upload(client, b"nr,firma,wo\n1,Acme,Ulm\n")
    first = ImportBatch.objects.get()
    client.post(
        reverse("imports:import-columns", args=[first.pk]),
        columns(first, field_0="external_id", field_1="name", field_2="city", constant_currency="EUR"),
    )
    client.post(reverse("imports:import-keep", args=[first.pk]), {"name": "Our old system"})
    upload(client, b"wo,nr,more,firma\nBonn,2,x,Beta\n")
    second = ImportBatch.objects.exclude(pk=first.pk).get()
    kept = SavedMapping.objects.get(name="Our old system")
    given = {"mapping": kept.pk, "version": second.version}

    client.post(reverse("imports:import-use", args=[second.pk]), given)

    second.refresh_from_db()
    assert second.mapping == {"external_id": 1, "name": 3, "city": 0}
    assert second.constants == {"currency": "EUR"}


def test_what_every_row_says_needs_no_column(director: User) -> None:
    client = signed_in(director)
    upload(client, b"name\nAcme\nBeta\n")
    batch = ImportBatch.objects.get()

    answered(client, batch, constant_country="DE", constant_relation="partner")
    act(client, batch, "run")

    assert set(Customer.objects.values_list("country", "relation")) == {("DE", "partner")}
