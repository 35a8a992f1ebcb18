"""An import by file through REST: upload, another reading, columns, dry run, run, result, and the way back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Customer, ImportBatch
from tests import personas
from tests.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitAssignmentFactory, UnitFactory
from tests.running import run_jobs

pytestmark = pytest.mark.django_db
CSV = b"Company;Where\nAcme;DE\nBeta;FR\n"
TEXT = "Number\tCompany\tWhere\n1\tAcme\tDE\n2\tBeta\tAtlantis\n"


@pytest.fixture
def caller() -> Caller:
    user = UserFactory(full_name="Dora Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="HQ"), user=user, kind="leader")
    return Caller(user)


@pytest.fixture
def batch(caller) -> dict:
    answer = caller.post("imports/upload/", {"importable": "customers", "source": "crm", "text": TEXT})
    assert answer.status_code == 201, answer.content
    return answer.json()


MAPPING = {"mapping": {"external_id": 0, "name": 1, "country": 2}}


def test_pasted_rows_are_mapped_tried_brought_in_and_taken_back(caller, batch):
    base = f"imports/{batch['id']}/"
    setup = caller.get(f"{base}setup/").json()
    mapped = caller.post(f"{base}mapping/", MAPPING, version=batch["version"])
    check = caller.post(f"{base}check/", version=mapped.json()["version"])
    run_jobs()
    tried, nobody = caller.get(base).json(), Customer.objects.count()
    checked = caller.get(f"{base}setup/").json()["checked"]
    caller.post(f"{base}run/", version=tried["version"])
    run_jobs()
    done, rows = caller.get(base).json(), caller.get(f"{base}rows/").json()
    caller.post(f"{base}undo/", version=done["version"])
    run_jobs()

    assert (setup["header"], setup["first_rows"][0]) == (["Number", "Company", "Where"], ["1", "Acme", "DE"])
    assert "country" in {one["name"] for one in setup["fields_known"]}
    assert (mapped.status_code, check.status_code) == (200, 202)
    assert (tried["state"], nobody, checked["counts"]["created"]) == ("checked", 0, 1)
    assert (done["state"], done["created"], done["rejected"]) == ("done", 1, 1)
    assert [row["column"] for row in rows] == ["country"]
    assert not Customer.objects.alive().exists()


def test_a_file_comes_as_multipart_once_for_a_key_and_is_read_in_another_way(caller):
    def send(content: bytes):
        file = SimpleUploadedFile("rows.csv", content)
        body = {"importable": "customers", "source": "crm", "file": file}
        return caller.client.post("/api/v1/imports/upload/", body, HTTP_IDEMPOTENCY_KEY="one")

    first, second = send(CSV), send(CSV)
    other = send(b"Company;Where\nBeta;DE\n")
    number = first.json()["id"]
    reading = caller.post(f"imports/{number}/reading/", {"header_row": 2}, version=first.json()["version"])

    assert (first.status_code, second.json()["id"], other.status_code) == (201, number, 422)
    assert ImportBatch.objects.count() == 1
    assert reading.status_code == 200
    assert caller.get(f"imports/{number}/setup/").json()["header"] == ["Acme", "DE"]


def test_answers_are_kept_under_a_name_and_used_for_another_file(caller, batch):
    base = f"imports/{batch['id']}/"
    caller.post(f"{base}mapping/", MAPPING, version=batch["version"])
    kept = caller.post(f"{base}keep/", {"name": "From the CRM"})
    other = {"importable": "customers", "source": "shop", "text": "Company\tNumber\tWhere\nCesar\t3\tFR\n"}
    second = caller.post("imports/upload/", other).json()
    known = caller.get(f"imports/{second['id']}/setup/").json()["kept_mappings"]
    used = caller.post(f"imports/{second['id']}/use/", {"mapping": known[0]["id"]}, version=second["version"])
    unknown = caller.post(f"imports/{second['id']}/use/", {"mapping": 10**9}, version=used.json()["version"])

    assert (kept.status_code, used.status_code, unknown.status_code) == (200, 200, 404)
    assert caller.get(f"imports/{second['id']}/setup/").json()["mapping"]["name"] == 0


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("mapping", {"mapping": {"nothing": 0}}, 422),
        ("mapping", {"mapping": {"name": 9}}, 422),
        ("mapping", {"mapping": {"name": -1}}, 400),
        ("mapping", {"formats": {"name": {"dates": "never"}}}, 422),
        ("reading", {"encoding": "klingon"}, 422),
        ("reading", {"header_row": 0}, 400),
        ("keep", {"name": ""}, 400),
        ("check", {}, 422),
        ("run", {}, 422),
        ("nowhere", {}, 404),
    ],
)
def test_what_cannot_be_is_refused(caller, batch, act, body, status):
    answer = caller.post(f"imports/{batch['id']}/{act}/", body, version=batch["version"])

    assert answer.status_code == status, answer.content


def test_versions_count_and_an_import_is_its_makers_alone(caller, batch):
    base = f"imports/{batch['id']}/"
    stranger = Caller(personas.account_manager(CustomerFactory()))
    keeper = Caller(personas.administrator())

    assert caller.post(f"{base}mapping/", MAPPING).status_code == 428
    assert caller.post(f"{base}mapping/", MAPPING, version=99).status_code == 412
    assert stranger.post(f"{base}mapping/", MAPPING, version=batch["version"]).status_code == 404
    assert keeper.get(base).status_code == 200
    assert keeper.get(f"{base}setup/").status_code == 403
    assert keeper.post(f"{base}mapping/", MAPPING, version=batch["version"]).status_code == 404
    assert Client().get(f"/api/v1/{base}setup/").status_code == 401


def test_a_token_needs_its_scope_and_what_it_brings_in_stays_within_it(caller):
    user = UserFactory(full_name="Dan Director", roles=["director"])
    UnitAssignmentFactory(unit=UnitFactory(code="EU"), user=user, kind="leader")
    body = {"importable": "customers", "source": "crm", "text": TEXT}

    reading = Caller.by_token(user, "accounts:read").post("imports/upload/", body)
    writing = Caller.by_token(user, "imports:write", "accounts:write").post("imports/upload/", body)

    assert (reading.status_code, writing.status_code) == (403, 201)
