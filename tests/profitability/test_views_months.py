"""Months of the ledger: who closes them, what the page says, and the customer's months as files."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry
from profitability.models import PeriodClose
from tests.personas import account_manager, director, finance, programme_office, team_reader

pytestmark = pytest.mark.django_db

MONTHS = "/ledger/months/"


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_month_shows_its_totals_and_can_be_closed(erp, row):
    erp.load(row(freight="3"), row(document="R2", customer="BOLT", document_on="2026-01-31"))
    client = browser(finance())

    page = client.get(MONTHS).content.decode()
    answer = client.post(f"{MONTHS}close/", {"month": "2026-01"}, follow=True).content.decode()

    assert "$50.00" in page.replace("\xa0", " ")
    assert "The oldest open month of 2026 is" in page
    assert "Every month of 2026 that is over is closed." in answer
    assert PeriodClose.objects.get().month.isoformat() == "2026-01-01"


def test_a_month_is_opened_again_with_a_reason(erp, row):
    erp.load(row())
    client = browser(finance())
    client.post(f"{MONTHS}close/", {"month": "2026-01"})

    refused = client.post(f"{MONTHS}reopen/?month=2026-01", {"reason": " "})
    client.post(f"{MONTHS}reopen/?month=2026-01", {"reason": "A credit was forgotten"})

    assert refused.status_code == 422
    assert PeriodClose.objects.count() == 0
    assert AuditEntry.objects.filter(action="delete", reason="A credit was forgotten").count() == 1


@pytest.mark.parametrize("persona", [account_manager, director, programme_office])
def test_only_finance_closes_months(erp, row, persona):
    erp.load(row())
    client = browser(persona(erp.acme))

    assert client.get(MONTHS).status_code == 403
    assert client.post(f"{MONTHS}close/", {"month": "2026-01"}).status_code == 403
    assert client.post(f"{MONTHS}reopen/?month=2026-01", {"reason": "x"}).status_code == 403
    assert PeriodClose.objects.count() == 0


def test_an_empty_ledger_says_so(db):
    assert "The ledger holds nothing yet." in browser(finance()).get(MONTHS).content.decode()


@pytest.mark.parametrize("query", ["?year=26", "reopen/?month=2026", "reopen/?month=13"])
def test_what_is_no_year_or_month_is_refused(erp, query):
    assert browser(finance()).get(MONTHS + query).status_code == 400


def test_a_line_for_a_closed_month_is_refused_with_its_date(erp, row):
    erp.load(row())
    browser(finance()).post(f"{MONTHS}close/", {"month": "2026-01"})

    result = erp.load(row(line="2"))

    assert [(reject.code, reject.value) for reject in result.rejects] == [("closed", "2026-01-10")]


def test_the_months_of_a_customer_leave_as_a_file_and_stand_in_the_trail(erp, row):
    erp.load(row(), row(document="R2", document_on="2025-01-05", quantity="1"))
    client = browser(account_manager(erp.acme))

    answer = client.get(f"/ledger/customers/{erp.acme.pk}/?export=csv")

    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert rows[-1] == "2026-01-01,25.0000,2.5000"
    assert AuditEntry.objects.get(action="export").subject_label == "Net sales by month: Acme"


def test_who_may_not_carry_sales_away_gets_no_file(erp, row):
    erp.load(row())
    client = browser(team_reader(erp.acme))

    assert client.get(f"/ledger/customers/{erp.acme.pk}/?export=csv").status_code == 403
    assert "export=csv" not in client.get(f"/ledger/customers/{erp.acme.pk}/").content.decode()
