"""Statements that PostgreSQL plans once answer as before, in their own session, for any value."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, DateField
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kcrm.lib import planned
from kcrm.lib.planned import Slot, Words
from kcrm.lib.prepared import Prepared
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
SUM = "SELECT %s::int + %s::int, %s, '100 %%'"


@pytest.fixture(autouse=True)
def _plans_anew() -> None:
    connection.kcrm_plans = None  # type: ignore[attr-defined]  # forgets what other tests have planned


def names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements ORDER BY name")
        return [name for (name,) in cursor.fetchall() if name.startswith("kcrm_")]


def test_what_is_asked_often_is_planned_and_answers_the_same() -> None:
    words = Words(SUM, [Slot("one"), 5, "it's 50 %"])

    answers = [words.fetch(one=number) for number in range(planned.PLANNED_FROM + 2)]

    assert answers == [[(number + 5, "it's 50 %", "100 %")] for number in range(planned.PLANNED_FROM + 2)]
    statement, values = words.asked("default", {"one": 1})
    assert re.fullmatch(r"EXECUTE kcrm_\d+ \(%s\)", statement)
    assert values == [1]


def test_a_value_never_becomes_part_of_the_statement() -> None:
    UserFactory(full_name="Ann")
    prepared = Prepared(User.objects.filter(full_name=Slot("name", CharField())))

    for _time in range(planned.PLANNED_FROM):
        assert len(prepared.fetch(name="Ann")) == 1

    assert prepared.fetch(name="'); DELETE FROM accounts_user; --") == []
    assert prepared.fetch(name="100 %s") == []
    with pytest.raises(KeyError):
        prepared.fetch()


def test_a_plan_takes_dates_and_nothing() -> None:
    words = Words("SELECT %s::date, %s::text", [Slot("day", DateField()), Slot("text", CharField())])

    for _time in range(planned.PLANNED_FROM + 1):
        assert words.fetch(day=date(2026, 2, 28), text=None) == [(date(2026, 2, 28), None)]


def test_whoever_records_statements_reads_them_in_full() -> None:
    words = Words("SELECT %s::int", [Slot("one")])
    for number in range(planned.PLANNED_FROM + 1):
        words.fetch(one=number)

    with CaptureQueriesContext(connection) as captured:
        words.fetch(one=7)

    assert [query["sql"] for query in captured.captured_queries] == ["SELECT 7::int"]


def test_nothing_is_planned_behind_a_pooler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    words = Words("SELECT %s::int", [Slot("one")])

    for number in range(planned.PLANNED_FROM + 1):
        assert words.asked("default", {"one": number}) == ("SELECT %s::int", [number])


def test_a_session_keeps_few_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned, "KEPT", 2)
    before = len(names())
    asked = [Words(f"SELECT {number}", []) for number in range(5)]

    for words in asked:
        for _time in range(planned.PLANNED_FROM):
            words.fetch()
    Words("SELECT 6", []).fetch()

    assert len(names()) - before <= 2
    assert asked[0].fetch() == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_discarded_is_asked_in_full() -> None:
    words = Words("SELECT %s::int", [Slot("one")])
    for number in range(planned.PLANNED_FROM + 1):
        words.fetch(one=number)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert words.fetch(one=4) == [(4,)]


@pytest.mark.django_db(transaction=True)
def test_a_discarded_plan_ends_a_transaction_once() -> None:
    words = Words("SELECT %s::int", [Slot("one")])
    for number in range(planned.PLANNED_FROM + 1):
        words.fetch(one=number)

    def within() -> Any:
        with transaction.atomic():
            return words.fetch(one=4)

    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError):
        within()

    assert within() == [(4,)]
