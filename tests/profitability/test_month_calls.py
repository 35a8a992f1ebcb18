"""Closed months through REST: closed once, opened with a reason, by a person."""

from __future__ import annotations

import pytest

from profitability.models import PeriodClose
from tests import personas
from tests.calls import Caller

pytestmark = pytest.mark.django_db


def test_a_month_is_closed_once_and_opened_with_a_reason():
    caller = Caller(personas.finance())
    made = caller.post("closed-months/", {"month": "2026-01-15"})
    twice = caller.post("closed-months/", {"month": "2026-01-01"})
    early = caller.post("closed-months/", {"month": "2999-01-01"})
    silent = caller.post(f"closed-months/{made.json()['id']}/reopen/", {})
    opened = caller.post(f"closed-months/{made.json()['id']}/reopen/", {"reason": "A late invoice"})

    assert [one.status_code for one in (made, twice, early, silent, opened)] == [201, 422, 422, 400, 204]
    assert made.json()["month"] == "2026-01-01"
    assert not PeriodClose.objects.exists()


def test_others_and_tokens_close_no_month():
    token = Caller.by_token(personas.finance(), "erp:facts:write", "accounts:read")

    assert token.post("closed-months/", {"month": "2026-01-15"}).status_code == 403
    assert Caller(personas.programme_office()).post("closed-months/", {"month": "2026-01-15"}).status_code == 403
    assert Caller(personas.programme_office()).get("closed-months/").status_code == 403
