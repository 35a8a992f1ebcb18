"""A file on its way in: read, mapped, checked, brought in, broken off, taken up again, taken back."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from customers.models import Contact, Customer, ImportBatch, ImportRow, SavedMapping
from customers.services.customers import update_customer
from customers.services.imports import batches, engine, running
from customers.services.imports.purging import purge_imports
from customers.services.imports.undoing import undo_batch
from kcrm.lib.errors import DomainError, NotAllowed
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db
NORTHWIND = (Path(settings.BASE_DIR) / "demo" / "northwind" / "customers.csv").read_bytes()
TABLES = {
    "customers_customer": "name, legal_name, parent_id, org_unit_id, city, country, phone, industry, name_key",
    "customers_site": "name, street, city, postal_code, customer_id",
    "customers_contact": "full_name, email, phone",
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def director() -> User:
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return user


def upload(by: User, data: bytes | str, thing: str = "customers", name: str = "file.csv") -> ImportBatch:
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return batches.upload_file(importable=thing, file=file, name=name, source="erp", by=by)


def mapped(batch: ImportBatch, by: User, **changed: Any) -> ImportBatch:
    values = {"mapping": batch.mapping, "formats": batch.formats, "policy": batch.policy, "keys": batch.keys}
    return batches.set_mapping(batch_id=batch.pk, version=batch.version, by=by, **values | changed)


def brought_in(by: User, data: bytes | str, thing: str = "customers") -> ImportBatch:
    batch = mapped(upload(by, data, thing), by)
    return running.run_batch(batch_id=batch.pk, by=by)


def content() -> str:
    """What the tables hold, whatever the rows' ids and versions."""
    found = []
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"SELECT {columns} FROM {table} WHERE deleted_at IS NULL ORDER BY 1, 2, 3")
            found.append((table, cursor.fetchall()))
        cursor.execute("SELECT source, value FROM customers_externalid WHERE released_at IS NULL ORDER BY 2")
        found.append(("keys", cursor.fetchall()))
        cursor.execute("SELECT count(*) FROM teams_teammembership")
        found.append(("members", cursor.fetchall()))
        cursor.execute("SELECT kind, count(*) FROM customers_searchentry GROUP BY 1 ORDER BY 1")
        found.append(("search", cursor.fetchall()))
    return hashlib.sha256(repr(found).encode()).hexdigest()


def test_a_file_goes_in_by_its_guessed_columns_and_again_with_no_changes(director: User) -> None:
    first = brought_in(director, NORTHWIND)
    second = brought_in(director, NORTHWIND)

    assert (first.state, first.created, first.rejected) == ("done", 91, 0)
    assert (second.created, second.updated, second.unchanged, second.rejected) == (0, 0, 91, 0)


def test_contacts_go_in_from_the_same_file(director: User) -> None:
    brought_in(director, NORTHWIND)

    batch = brought_in(director, NORTHWIND, "contacts")

    assert (batch.created, batch.rejected) == (91, 0)
    assert Contact.objects.get(full_name="Maria Anders").roles.get().job_title == "Sales Representative"


def test_the_check_counts_what_the_run_does_and_changes_nothing(director: User) -> None:
    brought_in(director, "id,name,city\n1,Acme,Berlin\n2,Beta,Bonn\n")
    text = "id,name,city,country\n1,Acme,Hamburg,DE\n2,Beta,Bonn,\n3,New,Ulm,Atlantis\n4,Other,Ulm,DE\n"
    batch = mapped(upload(director, text), director)
    before = content()

    checked = running.check_batch(batch_id=batch.pk, by=director).checked
    unchanged = content() == before
    run = running.run_batch(batch_id=batch.pk, by=director)

    assert unchanged
    assert checked["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "rejected": 1}
    assert (run.created, run.updated, run.unchanged, run.rejected) == (1, 1, 1, 1)
    assert checked["samples"][0]["changes"] == {"city": ["Berlin", "Hamburg"], "country": ["", "DE"]}
    assert checked["unmatched"] == {"country": [("Atlantis", 1)]}
    refused = ImportRow.objects.get(batch=batch, done="rejected")
    assert (refused.number, refused.column, refused.cells["name"]) == (4, "country", "New")
    assert "write its two letters" in refused.reason


def test_values_are_replaced_and_the_mapping_is_remembered(director: User) -> None:
    text = "id,name,sector,land\n1,Acme,technolgy,Atlantis\n"
    batch = upload(director, text)
    mapped(batch, director, replacements={"industry": {"technolgy": "Technology"}, "country": {"Atlantis": "GR"}})
    running.run_batch(batch_id=batch.pk, by=director)

    again = upload(director, text.replace("Acme", "Beta").replace("1,", "2,"))

    acme = Customer.objects.get()
    assert (acme.industry, acme.country) == ("Technology", "GR")
    assert again.replacements == {"industry": {"technolgy": "Technology"}, "country": {"Atlantis": "GR"}}
    assert SavedMapping.objects.count() == 1


@pytest.mark.parametrize("broken", [1, 2, 3, 5])
def test_a_run_that_dies_goes_on_where_it_was(director: User, monkeypatch: Any, broken: int) -> None:
    rows = "".join(f"{n},Company {n},{n + 1 if n % 2 else ''}\n" for n in range(1, 21))
    monkeypatch.setattr(engine.Work, "chunks", _in_chunks_of(4))
    batch = mapped(upload(director, f"id,name,parent\n{rows}"), director)
    save, calls = running.store, []

    def dies(*args: Any) -> None:
        save(*args)
        calls.append(1)
        if len(calls) == broken:
            raise RuntimeError("the worker is killed")

    monkeypatch.setattr(running, "store", dies)
    with pytest.raises(RuntimeError):
        running.run_batch(batch_id=batch.pk, by=director)

    done = running.run_batch(batch_id=batch.pk, by=director)

    assert (done.state, done.created, done.read, done.rejected) == ("done", 20, 20, 0)
    assert Customer.objects.count() == ImportRow.objects.filter(batch=batch).count() == 20
    assert Customer.objects.filter(parent__isnull=False).count() == 10


def _in_chunks_of(size: int) -> Callable[..., Any]:
    def chunks(self: Any, rows: Any) -> Any:
        chunk = []
        for row in rows:
            chunk.append(row)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    return chunks


def test_undo_returns_to_what_was(director: User) -> None:
    brought_in(director, "id,name,city,address\n1,Acme,Berlin,Street 1\n2,Beta,Bonn,\n")
    before = content()
    batch = brought_in(director, "id,name,city,address\n1,Acme Ltd,Ulm,Street 2\n2,Beta,Bonn,\n3,New,Köln,Street 3\n")
    changed = content() != before

    undone = undo_batch(batch_id=batch.pk, by=director)

    assert changed
    assert (undone.state, undone.undone, undone.kept) == ("undone", 2, 0)
    assert content() == before


def test_the_undo_of_a_whole_company_returns_to_an_empty_house(director: User) -> None:
    before = content()
    batch = brought_in(director, NORTHWIND)

    undone = undo_batch(batch_id=batch.pk, by=director)

    assert (undone.undone, undone.kept) == (91, 0)
    assert content() == before
    assert Customer.objects.alive().count() == 0


def test_what_somebody_changed_since_is_kept_and_says_why(director: User) -> None:
    batch = brought_in(director, "id,name\n1,Acme\n2,Beta\n3,Gamma\n")
    acme, beta = Customer.objects.get(name="Acme"), Customer.objects.get(name="Beta")
    update_customer(customer_id=acme.pk, version=acme.version, values={"city": "Berlin"}, by=director)
    personas.account_manager(beta)
    contact = Contact.objects.create(full_name="Maria")
    contact.roles.create(customer=beta)

    undone = undo_batch(batch_id=batch.pk, by=director)

    assert (undone.undone, undone.kept) == (1, 2)
    reasons = dict(ImportRow.objects.filter(batch=batch, undo="kept").values_list("label", "undo_reason"))
    assert set(reasons) == {"Acme", "Beta"}
    assert set(Customer.objects.alive().values_list("name", flat=True)) == {"Acme", "Beta"}


def test_a_row_changed_by_somebody_while_the_job_runs_is_not_written_over(director: User) -> None:
    brought_in(director, "id,name,city\n1,Acme,Berlin\n")
    batch = brought_in(director, "id,name,city\n1,Acme,Ulm\n")
    acme = Customer.objects.get()
    update_customer(customer_id=acme.pk, version=acme.version, values={"city": "Bonn"}, by=director)

    undo_batch(batch_id=batch.pk, by=director)

    acme.refresh_from_db()
    assert acme.city == "Bonn"


def _one_after_another(first: Any, edits: Any) -> Callable[..., None]:
    """Somebody edits these customers after the first chunk of a run."""
    told: list[int] = []

    def progress(done: int) -> None:
        told.append(done)
        if len(told) == 2:
            for number, values in edits.items():
                customer = Customer.objects.get(external_ids__value=str(number))
                update_customer(customer_id=customer.pk, version=customer.version, values=values, by=first)

    return progress


@pytest.mark.django_db(transaction=True)  # the history tells transactions apart
def test_what_others_change_while_a_run_works_is_told_row_by_row(director: User, monkeypatch: Any) -> None:
    brought_in(director, "id,name,city,phone\n" + "".join(f"{n},Company {n},Berlin,1\n" for n in range(1, 21)))
    monkeypatch.setattr(engine.Work, "chunks", _in_chunks_of(4))
    batch = mapped(
        upload(director, "id,name,city\n" + "".join(f"{n},Company {n},Ulm\n" for n in range(1, 21))),
        director,
        policy={},
    )
    edits = {number: {"city": "Bonn"} for number in (6, 9, 13, 17, 20)} | {15: {"phone": "2"}}

    done = running.run_batch(batch_id=batch.pk, by=director, progress=_one_after_another(director, edits))

    refused = sorted(ImportRow.objects.filter(batch=batch, done="rejected").values_list("number", "column"))
    assert (done.state, done.updated, done.rejected) == ("done", 15, 5)
    assert refused == [(number + 1, "city") for number in (6, 9, 13, 17, 20)]
    assert Customer.objects.filter(city="Bonn").count() == 5
    assert Customer.objects.get(phone="2").city == "Ulm"


@pytest.mark.django_db(transaction=True)
def test_what_others_changed_after_the_check_is_refused_until_it_is_checked_again(director: User) -> None:
    brought_in(director, "id,name,city\n1,Acme,Berlin\n")
    batch = mapped(upload(director, "id,name,city\n1,Acme,Ulm\n"), director)
    running.check_batch(batch_id=batch.pk, by=director)
    acme = Customer.objects.get()
    update_customer(customer_id=acme.pk, version=acme.version, values={"city": "Bonn"}, by=director)

    first = running.run_batch(batch_id=batch.pk, by=director)
    again = brought_in(director, "id,name,city\n1,Acme,Ulm\n")

    assert (first.rejected, first.updated, again.updated) == (1, 0, 1)


def test_another_reading_gives_other_columns(director: User) -> None:
    batch = upload(director, "客户编号;公司名称\n1;上海贸易\n".encode("gb18030"))

    changed = batches.set_reading(
        batch_id=batch.pk, version=batch.version, values={"encoding": "gb18030", "delimiter": ";"}, by=director
    )

    assert changed.header == ["客户编号", "公司名称"]
    assert changed.mapping == {"external_id": 0, "name": 1}


def test_pasted_rows_go_in(director: User) -> None:
    batch = batches.paste_text(importable="customers", text="Name\tCity\nAcme\tUlm\n", source="paste", by=director)

    done = running.run_batch(batch_id=mapped(batch, director).pk, by=director)

    assert (done.created, Customer.objects.get().city) == (1, "Ulm")


@pytest.mark.parametrize("name", ["outsider", "auditor", "service_agent", "team_reader"])
def test_people_without_the_right_bring_no_file_in(name: str) -> None:
    person = personas.persona(name, CustomerFactory())

    with pytest.raises(NotAllowed):
        upload(person, "name\nAcme\n")

    assert ImportBatch.objects.count() == 0


def test_a_batch_is_its_owners_and_only_known_to_those_who_keep_the_system(director: User) -> None:
    batch = upload(director, "name\nAcme\n")
    other, auditor = personas.finance(), personas.auditor()

    assert not ImportBatch.objects.visible_to(other).exists()
    assert ImportBatch.objects.visible_to(auditor).get() == batch
    with pytest.raises(ImportBatch.DoesNotExist):
        mapped(batch, auditor)
    with pytest.raises(ImportBatch.DoesNotExist):
        running.run_batch(batch_id=batch.pk, by=other)


def test_a_run_starts_once_as_a_job(director: User, django_capture_on_commit_callbacks: Any) -> None:
    batch = mapped(upload(director, "name\nAcme\n"), director)
    job = batches.start_run(batch_id=batch.pk, version=batch.version, by=director)

    with pytest.raises(DomainError):
        batches.start_run(batch_id=batch.pk, version=None, by=director)

    batch.refresh_from_db()
    assert (batch.state, batch.job, job.kind) == ("running", job, "customers.import")


def test_mappings_that_make_no_sense_are_refused(director: User) -> None:
    batch = upload(director, "id,name\n1,Acme\n")

    for mapping in ({"external_id": 0}, {"name": 7}, {"name": 0, "external_id": 0}, {"password": 0, "name": 1}):
        with pytest.raises(DomainError):
            mapped(batch, director, mapping=mapping)


def test_rows_are_forgotten_when_their_import_can_no_longer_be_taken_back(
    director: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.KCRM_IMPORT_UNDO_DAYS = 30
    old, new = (brought_in(director, f"id,name\n{n},Company {n}\n") for n in (1, 2))
    path = Path(old.file.path)
    now = timezone.now()
    ImportBatch.objects.filter(pk=old.pk).update(updated_at=now - timedelta(days=31))

    with django_capture_on_commit_callbacks(execute=True):
        counts = purge_imports(now=now)

    old.refresh_from_db()
    assert counts == {"rows": 1, "files": 1}
    assert list(ImportRow.objects.values_list("batch", flat=True)) == [new.pk]
    assert (path.exists(), Path(new.file.path).exists(), old.created) == (False, True, 1)
    with pytest.raises(DomainError, match="is over"):
        batches.start_undo(batch_id=old.pk, version=old.version, by=director)
