"""Large exports through REST: asked for, decided about by another, fetched by who asked."""

from __future__ import annotations

import pytest

from exports.models import ExportRequest
from tests.calls import Caller
from tests.personas import auditor, outsider
from tests.running import run_jobs

pytestmark = pytest.mark.django_db

ASK = {"address": "/customers/?sort=name", "form": "csv", "reason": "A mailing"}


def test_a_large_export_is_asked_for_approved_written_and_fetched(many):
    manager, boss, _first = many
    caller = Caller(manager)

    asked = caller.post("export-requests/", ASK)
    number = asked.json()["id"]
    approved = Caller(boss).post(f"export-requests/{number}/approve/")
    run_jobs()
    job = caller.get(f"export-requests/{number}/").json()["job"]
    file = caller.get(f"jobs/{job}/file/")

    assert (asked.status_code, asked.json()["state"], asked.json()["row_count"]) == (201, "waiting", 3)
    assert (approved.status_code, approved.json()["decided_by"]) == (200, boss.pk)
    assert file.status_code == 200
    assert b"".join(file.streaming_content).count(b"\n") == 4
    assert Caller(boss).get(f"jobs/{job}/file/").status_code == 404


def test_nobody_lets_his_own_export_go_and_a_refusal_needs_its_reason(many):
    manager, boss, _first = many
    number = Caller(manager).post("export-requests/", ASK).json()["id"]

    own = Caller(manager).post(f"export-requests/{number}/approve/")
    unseen = Caller(outsider()).post(f"export-requests/{number}/approve/")
    watching = Caller(auditor()).post(f"export-requests/{number}/approve/")
    silent = Caller(boss).post(f"export-requests/{number}/refuse/", {})
    refused = Caller(boss).post(f"export-requests/{number}/refuse/", {"reason": "Not now"})
    again = Caller(boss).post(f"export-requests/{number}/approve/")

    found = [one.status_code for one in (own, unseen, watching, silent, refused, again)]
    assert found == [403, 404, 403, 400, 200, 422]
    assert ExportRequest.objects.get().decision == "Not now"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"reason": ""}, 422),
        ({"form": "pdf"}, 400),
        ({"address": "/customers/?nothing=1"}, 400),
        ({"address": "/nowhere/"}, 404),
        ({"address": "https://elsewhere.example/"}, 404),
        ({"more": 1}, 400),
    ],
)
def test_what_cannot_be_asked_for_is_refused(many, change, status):
    manager, _boss, _first = many

    assert Caller(manager).post("export-requests/", ASK | change).status_code == status
    assert not ExportRequest.objects.exists()


def test_a_token_reads_requests_and_asks_for_none(many):
    manager, boss, _first = many
    number = Caller(manager).post("export-requests/", ASK).json()["id"]
    token = Caller.by_token(manager, "exports:read", "accounts:read")
    Caller(boss).post(f"export-requests/{number}/approve/")
    run_jobs()
    job = token.get(f"export-requests/{number}/").json()["job"]

    assert token.post("export-requests/", ASK).status_code == 403
    assert token.get(f"jobs/{job}/file/").status_code == 403
    assert Caller.by_token(boss, "exports:read").post(f"export-requests/{number}/approve/").status_code == 403
