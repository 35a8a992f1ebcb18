"""Large exports: who has to ask, who decides, what the file holds, when it can be fetched."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry
from exports.models import ExportRequest
from exports.services import requests
from jobs.models import Job, Notification
from jobs.runner import run_job
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import TeamMembership
from tests.factories.customers import CustomerFactory
from tests.personas import auditor, director, finance, outsider

LIST = "/customers/?export=csv"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(manager, **values):
    return requests.request_export(**{"address": LIST, "reason": "A mailing", "by": manager} | values)


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_small_export_leaves_at_once(many, settings):
    settings.KCRM_EXPORT_APPROVAL_ROWS = 3
    manager, _boss, _first = many

    answer = browser(manager).get(LIST)

    assert content(answer).count(b"\n") == 4


def test_a_large_export_must_be_asked_for(many):
    manager, _boss, _first = many
    client = browser(manager)

    answer = client.get(LIST)
    page = client.get(answer.url)
    sent = client.post(answer.url, {"reason": "A mailing"})

    assert answer.url.startswith("/exports/new/?list=%2Fcustomers%2F%3Fexport%3Dcsv")
    assert b"Ask for approval" in page.content
    asked = ExportRequest.objects.get()
    assert sent.url == f"/exports/{asked.pk}/"
    assert (asked.state, asked.row_count, asked.reason, asked.job) == ("waiting", 3, "A mailing", None)


def test_the_director_is_told_and_nobody_else(many):
    manager, boss, _first = many
    director(CustomerFactory())

    ask(manager)

    assert list(Notification.objects.values_list("user", flat=True)) == [boss.pk]


def test_without_a_reason_nothing_is_asked(many):
    manager, _boss, _first = many

    with pytest.raises(DomainError):
        ask(manager, reason=" ")

    assert ExportRequest.objects.count() == 0


@pytest.mark.parametrize("who", ["director", "finance"])
def test_directors_and_finance_do_not_ask(many, who):
    _manager, boss, _first = many
    person = boss if who == "director" else finance()

    answer = browser(person).get(LIST)

    assert answer.status_code in {200, 403}  # finance may not carry customers away at all
    assert ExportRequest.objects.count() == 0


def test_an_approved_export_is_written_as_a_job_and_fetched(many):
    manager, boss, _first = many
    asked = ask(manager)
    browser(boss).post(f"/exports/{asked.pk}/approve/")
    job = Job.objects.get(kind="exports.write")

    run_job(job.pk)

    answer = browser(manager).get(f"/jobs/{job.pk}/file/")
    rows = content(answer).decode().splitlines()
    assert len(rows) == 4
    assert any(row.startswith("First") for row in rows)
    entry = AuditEntry.objects.get(action="export")
    assert (entry.actor, entry.changes["rows"]) == (manager, [None, 3])


def test_nobody_approves_his_own_export(many):
    manager, _boss, _first = many
    asked = ask(manager)

    assert browser(manager).post(f"/exports/{asked.pk}/approve/").status_code == 403
    with pytest.raises(NotAllowed):
        requests.approve_export(request_id=asked.pk, by=manager)
    asked.refresh_from_db()
    assert asked.is_waiting


@pytest.mark.parametrize("person", [outsider, finance])
def test_strangers_do_not_see_requests(many, person):
    manager, _boss, _first = many
    asked = ask(manager)
    client = browser(person())

    assert client.get(f"/exports/{asked.pk}/").status_code == 404
    assert client.post(f"/exports/{asked.pk}/approve/").status_code == 404
    assert client.get(f"/exports/{asked.pk}/refuse/").status_code == 404


def test_a_director_of_other_units_does_not_decide(many):
    manager, _boss, _first = many
    asked = ask(manager)

    assert browser(director(CustomerFactory())).post(f"/exports/{asked.pk}/approve/").status_code == 404


def test_an_auditor_reads_requests_and_decides_nothing(many):
    manager, _boss, _first = many
    asked = ask(manager)
    client = browser(auditor())

    assert client.get(f"/exports/{asked.pk}/").status_code == 200
    assert client.post(f"/exports/{asked.pk}/approve/").status_code == 403


def test_a_refusal_says_why_and_is_told(many):
    manager, boss, _first = many
    asked = ask(manager)

    browser(boss).post(f"/exports/{asked.pk}/refuse/", {"reason": "Not for a mailing"})

    page = browser(manager).get(f"/exports/{asked.pk}/").content.decode()
    assert "Not for a mailing" in page
    assert Notification.objects.filter(user=manager).count() == 1
    assert Job.objects.filter(kind="exports.write").count() == 0


def test_what_was_decided_is_decided(many):
    manager, boss, _first = many
    asked = ask(manager)
    requests.refuse_export(request_id=asked.pk, reason="No", by=boss)

    with pytest.raises(DomainError):
        requests.approve_export(request_id=asked.pk, by=boss)


def test_rights_lost_between_approval_and_job_narrow_the_file(many):
    manager, boss, first = many
    asked = ask(manager)
    requests.approve_export(request_id=asked.pk, by=boss)
    TeamMembership.objects.filter(team=first.account_team, user=manager).delete()

    job = Job.objects.get(kind="exports.write")
    run_job(job.pk)

    answer = browser(manager).get(f"/jobs/{job.pk}/file/")
    assert b"\nFirst," not in content(answer)


def test_rights_lost_after_the_file_was_written_close_it(many):
    manager, boss, first = many
    asked = ask(manager)
    requests.approve_export(request_id=asked.pk, by=boss)
    job = Job.objects.get(kind="exports.write")
    run_job(job.pk)
    TeamMembership.objects.filter(team=first.account_team, user=manager).delete()

    assert browser(manager).get(f"/jobs/{job.pk}/file/").status_code == 403


def test_a_large_workbook_of_a_director_is_a_job_without_approval(many):
    _manager, boss, _first = many
    client = browser(boss)
    answer = client.get("/customers/?export=xlsx")
    client.post(answer.url)
    job = Job.objects.get(kind="exports.write")
    run_job(job.pk)

    book = CalamineWorkbook.from_filelike(io.BytesIO(content(client.get(f"/jobs/{job.pk}/file/"))))

    assert ExportRequest.objects.get().needs_approval is False
    assert len(book.get_sheet_by_index(0).to_python()) == 4
    assert "Time zone" in [row[0] for row in book.get_sheet_by_name("About").to_python()]


@pytest.mark.parametrize("address", ["/", "//evil.example/x", "/jobs/?export=csv", "/healthz/", "/customers/", "x"])
def test_what_is_no_list_with_an_export_is_not_there(many, address):
    manager, _boss, _first = many

    answer = browser(manager).get("/exports/new/", {"list": address})

    assert answer.status_code in {404, 400}
    assert ExportRequest.objects.count() == 0


def test_the_rest_door_hands_out_no_more_than_the_list(many):
    manager, _boss, _first = many

    answer = browser(manager).get("/api/v1/customers/export/csv/")

    assert (answer.status_code, answer.json()["code"]) == (422, "needs_approval")
    assert AuditEntry.objects.filter(action="export").count() == 0


def test_old_requests_are_forgotten(many):
    manager, _boss, _first = many
    old, kept = ask(manager), ask(manager, address="/customers/?export=csv&sort=-name")
    ExportRequest.objects.filter(pk=old.pk).update(requested_at=timezone.now() - timedelta(days=91))

    forgotten = requests.purge(before=timezone.now() - timedelta(days=90))

    assert forgotten == 1
    assert ExportRequest.objects.get() == kept
