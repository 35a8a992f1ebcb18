"""Scoring rounds: blind sheets, cells that are never lost, release, agreement."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from jobs.models import Notification
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.models import Consensus, CurrentScore, Rating, RoundRater, ScoringRound, SheetScore
from selection.selectors.rounds import round_page, unfinished_raters
from selection.selectors.sheets import sheet_of
from selection.services.agreement import agree, close_round
from selection.services.models import create_model
from selection.services.rounds import adopt_edition, let_rater_leave, open_round, release_round
from selection.services.runs import request_scoring
from selection.services.sheets import score_of
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.running import run_jobs
from tests.selection.rounds import DUE, KEYS, TODAY, factors, table

pytestmark = pytest.mark.django_db
SECRET = "canary-of-a-blind-score"


@pytest.fixture
def at():
    return table()


def released(at, *texts):
    for rater, text in zip(at.raters, texts, strict=True):
        at.fill(rater, text)
    return release_round(round_id=at.round.pk, version=at.round.version, by=at.chair)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("text", "score"),
    [("7", (Decimal(7), False)), ("7,5", (Decimal("7.5"), False)), ("１０", (Decimal(10), False)),
     ("?", (None, True)), ("？", (None, True)), ("  ", (None, False))],
)  # fmt: skip
def test_a_score_is_read_as_people_type_it(text, score):
    assert score_of(text) == score


@pytest.mark.parametrize("text", ["0", "11", "seven", "NaN", "1e1", "-3", "7.123"])
def test_what_is_no_score_is_refused(text):
    with pytest.raises(DomainError):
        score_of(text)


def test_dont_know_is_not_the_same_as_empty(at):
    at.type(at.raters[0], 0, "fit", "?")
    at.type(at.raters[0], 0, "access", "")

    sheet = sheet_of(at.round, rater=at.raters[0])

    assert [cell.text for cell in sheet.rows[0].cells] == ["?", ""]
    assert sheet.left == 3


def test_a_stale_cell_is_refused_by_itself_and_says_what_stands_there(at):
    rater = at.raters[0]
    at.type(rater, 0, "fit", "7")

    late = at.type(rater, 0, "fit", "4", version=0)
    other = at.type(rater, 1, "fit", "5", version=0)

    assert (late.stale, late.text, late.version) == (True, "7", 1)
    assert not other.stale
    assert SheetScore.objects.get(customer=at.customers[0]).score == 7


def test_an_emptied_cell_keeps_its_version(at):
    rater = at.raters[0]
    at.type(rater, 0, "fit", "7")
    at.type(rater, 0, "fit", "", version=1)

    assert at.type(rater, 0, "fit", "3", version=1).stale
    assert not at.type(rater, 0, "fit", "3", version=2).stale


def test_two_raters_do_not_disturb_each_other(at):
    first = at.type(at.raters[0], 0, "fit", "2")
    second = at.type(at.raters[1], 0, "fit", "9")

    assert (first.stale, second.stale) == (False, False)
    assert SheetScore.objects.count() == 2


def test_who_is_no_rater_types_nothing(at):
    with pytest.raises(NotAllowed):
        at.type(at.chair, 0, "fit", "7")

    assert not SheetScore.objects.exists()


def test_a_factor_that_the_round_does_not_score_is_named(at):
    assert at.type(at.raters[0], 0, "elsewhere", "7").problem


def test_appointed_raters_are_told_and_reminded_until_they_are_through(at):
    assert set(Notification.objects.filter(kind="round-appointed").values_list("user", flat=True)) == {
        rater.pk for rater in at.raters
    }
    at.fill(at.raters[0], "7")
    now = datetime(2026, 3, 14, 9, tzinfo=ZoneInfo("UTC"))

    assert [seat.user for seat in unfinished_raters(now)] == [at.raters[1]]
    assert list(unfinished_raters(now - timedelta(days=5))) == []


def test_nobody_else_sees_a_score_before_the_release_on_any_door(at):
    at.fill(at.raters[0], "7")
    at.type(at.raters[0], 0, "fit", "7", version=1, note=SECRET, source=SECRET, evidence="told")
    customer = at.customers[0]
    readers = [at.raters[1], at.chair, at.office, personas.account_manager(customer), personas.director(customer),
               personas.auditor(), personas.administrator()]  # fmt: skip
    pages = [
        reverse("selection:round-detail", args=[at.round.pk]),
        reverse("selection:round-agree", args=[at.round.pk, customer.pk, "fit"]),
        reverse("selection:sheet", args=[at.round.pk]),
        reverse("selection:sheet", args=[at.round.pk]) + "?form=csv",
        reverse("selection:sheet-customer", args=[at.round.pk, customer.pk]),
        reverse("selection:customer-score", args=[customer.pk]),
        reverse("accounts:audit-list"),
        "/api/v1/sheet-scores/",
        f"/api/v1/sheet-scores/?round={at.round.pk}&customer={customer.pk}",
        "/api/v1/ratings/",
        "/api/v1/agreed-scores/",
        "/api/v1/audit-entries/?page_size=200",
        f"/api/v1/customers/{customer.pk}/history/",
    ]

    for reader in readers:
        client = signed_in(reader)
        for page in pages:
            answer = client.get(page)
            body = b"".join(answer) if answer.streaming else answer.content
            assert SECRET.encode() not in body, (reader, page)
    assert signed_in(at.raters[1]).get("/api/v1/sheet-scores/").json()["results"] == []
    assert SECRET not in json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert SECRET in signed_in(at.raters[0]).get(pages[2]).content.decode()


def test_a_round_opens_once_everybody_is_through(at):
    at.fill(at.raters[0], "7")

    with pytest.raises(DomainError, match="Ravi"):
        release_round(round_id=at.round.pk, version=at.round.version, by=at.chair)

    assert ScoringRound.objects.get().is_blind


def test_a_rater_who_leaves_keeps_the_scores_and_gives_no_more(at):
    at.fill(at.raters[0], "7")
    at.type(at.raters[1], 0, "fit", "3")
    let_rater_leave(round_id=at.round.pk, user_id=at.raters[1].pk, today=TODAY, by=at.chair)

    with pytest.raises(ScoringRound.DoesNotExist):
        at.type(at.raters[1], 0, "access", "3")
    found = release_round(round_id=at.round.pk, version=at.round.version, by=at.chair)

    assert round_page(found, by=at.chair).panel[0].cells[0].spread.mean == 5
    assert RoundRater.objects.get(user=at.raters[1]).left_on == TODAY


def test_a_released_sheet_stands_still(at):
    released(at, "7", "7")

    with pytest.raises(DomainError):
        at.type(at.raters[0], 0, "fit", "1", version=1)


def test_disagreement_is_shown_and_settled_with_a_reason(at):
    found = released(at, "2", "9")
    page = round_page(found, by=at.chair)
    assert page.panel[0].cells[0].level == "wide"
    place = {"round_id": found.pk, "customer_id": at.customers[0].pk, "factor_key": "fit", "by": at.chair}

    with pytest.raises(DomainError, match="say why"):
        agree(**place, score=Decimal(10), note="", version=0)
    agree(**place, score=Decimal(8), note="", version=0)
    with pytest.raises(StaleVersion):
        agree(**place, score=Decimal(3), note="", version=0)

    assert round_page(found, by=at.chair).panel[0].cells[0].score == 8


def test_raters_do_not_write_agreements(at):
    found = released(at, "2", "9")

    with pytest.raises(NotAllowed):
        agree(round_id=found.pk, customer_id=at.customers[0].pk, factor_key="fit", score=Decimal(5), note="", version=0,
              by=at.raters[0])  # fmt: skip

    assert not Consensus.objects.exists()


def test_a_closed_round_counts_and_what_was_agreed_replaces_the_mean(at):
    found = released(at, "2", "6")
    agree(round_id=found.pk, customer_id=at.customers[0].pk, factor_key="fit", score=Decimal(6), note="", version=0,
          by=at.chair)  # fmt: skip
    close_round(round_id=found.pk, version=found.version, by=at.chair)
    request_scoring(by=at.office)
    run_jobs()

    assert Rating.objects.count() == 8
    assert CurrentScore.objects.get(customer=at.customers[0]).score == 5
    assert CurrentScore.objects.get(customer=at.customers[1]).score == 4


def test_a_factor_added_midway_is_open_for_everybody_and_keeps_what_was_scored(at):
    at.fill(at.raters[0], "7")
    wider = create_model(name="Attractiveness", factors=factors(KEYS[:3]), by=at.office)
    adopt_edition(round_id=at.round.pk, version=at.round.version, model_id=wider.pk, by=at.chair)

    sheet = sheet_of(ScoringRound.objects.get(), rater=at.raters[0])

    assert [cell.text for cell in sheet.rows[0].cells] == ["7", "7", ""]
    assert sheet.left == 2
    assert sheet.rows[0].result.score == 7
    assert sheet.rows[0].result.coverage == pytest.approx(0.67)


def test_a_round_with_too_few_customers_says_so(at):
    assert b"Fewer than eight customers" in signed_in(at.chair).get(
        reverse("selection:round-detail", args=[at.round.pk])
    ).content  # fmt: skip


def test_a_round_needs_a_day_to_come_and_people(at):
    given = {"name": "Late", "model_id": at.model.pk, "customer_ids": [at.customers[0].pk], "chair_id": at.chair.pk,
             "today": TODAY, "by": at.office}  # fmt: skip
    with pytest.raises(DomainError, match="past"):
        open_round(**given, rater_ids=[at.chair.pk], due_on=TODAY - timedelta(days=1))
    with pytest.raises(DomainError, match="who scores"):
        open_round(**given, rater_ids=[], due_on=DUE)

    assert ScoringRound.objects.count() == 1


def test_the_sheet_travels_as_a_file_and_comes_back(at):
    client = signed_in(at.raters[0])
    sheet = reverse("selection:sheet", args=[at.round.pk])
    lines = b"".join(client.get(sheet + "?form=csv")).decode().strip().splitlines()
    filled = "\n".join([lines[0], *(line[:-2] + ",8,?" for line in lines[1:])])

    client.post(sheet + "file/", {"file": SimpleUploadedFile("sheet.csv", filled.encode())})

    assert list(SheetScore.objects.order_by("pk").values_list("score", "unknown")) == [(8, False), (None, True)] * 2


def test_the_grid_is_kept_without_javascript(at):
    client = signed_in(at.raters[0])
    name = f"{at.customers[0].pk}-fit"
    client.post(reverse("selection:sheet", args=[at.round.pk]), {name: "6", f"version-{name}": "0"})

    assert SheetScore.objects.get().score == 6


def test_one_customer_is_scored_with_evidence_and_leads_to_the_next(at):
    client = signed_in(at.raters[0])
    url = reverse("selection:sheet-customer", args=[at.round.pk, at.customers[0].pk])
    name = f"{at.customers[0].pk}-fit"
    answer = client.post(
        url,
        {name: "6", f"version-{name}": "0", f"evidence-{name}": "told", f"source-{name}": "Visit", "next": "1"},
    )

    assert answer["Location"] == reverse("selection:sheet-customer", args=[at.round.pk, at.customers[1].pk])
    assert SheetScore.objects.values_list("evidence", "source").get() == ("told", "Visit")


def test_the_sheet_costs_the_same_for_two_customers_and_twenty(django_assert_num_queries, at):
    sheet_of(at.round, rater=at.raters[0])
    with django_assert_num_queries(4):
        sheet_of(ScoringRound.objects.select_related("model").get(), rater=at.raters[0])
    for _ in range(18):
        at.round.candidates.create(customer=CustomerFactory())
    with django_assert_num_queries(4):
        assert len(sheet_of(ScoringRound.objects.select_related("model").get(), rater=at.raters[0]).rows) == 20


def test_the_api_keeps_cells_and_opens_them_after_the_release(at):
    client = signed_in(at.raters[0])
    body = {"round": at.round.pk, "cells": [
        {"customer": at.customers[0].pk, "factor": "fit", "text": "7", "version": 0}]}  # fmt: skip
    kept = client.post("/api/v1/sheet-scores/keep/", body, content_type="application/json").json()["cells"][0]
    assert (kept["text"], kept["version"], kept["stale"]) == ("7", 1, False)
    released(at, "7", "8")

    found = client.get("/api/v1/sheet-scores/?page_size=50").json()

    assert found["count"] == 8
