"""Exports: typed cells, quoted formulas, one audit entry before the first byte."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry, User
from kcrm.lib.errors import BadQuery
from kcrm.lib.export import ExportColumn, Kind, Table, is_formula, quoted, write_file
from kcrm.lib.tables import Column, ListPageView, ListSpec
from kcrm.lib.tables.copying import copier
from kcrm.lib.tables.keyset import Order
from kcrm.lib.tables.rows import Reader, iterate
from kcrm.lib.tables.views import value_taker
from tests.factories.accounts import UserFactory

FORMULAS = ["=1+1", "+49 30 1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "＝1", "＋1", "－1", "＠1", " =1"]
HARMLESS = ["华为", "a=1", "1-2", "", "'=1", 'Ä;\t,"', "«x»"]


@pytest.mark.parametrize("text", FORMULAS)
def test_texts_that_look_like_formulas_are_quoted(text: str) -> None:
    assert is_formula(text)
    assert quoted(text) == f"'{text}"


@pytest.mark.parametrize("value", [*HARMLESS, -5, Decimal("-1.50"), None])
def test_other_values_are_left_alone(value: Any) -> None:
    assert quoted(value) == value


def table(*rows: tuple[Any, ...]) -> Table:
    return Table(
        key="people",
        title="People: all/none",
        columns=[
            ExportColumn("name", "Name"),
            ExportColumn("sales", "Sales", Kind.NUMBER, 2),
            ExportColumn("share", "Share", Kind.PERCENT),
            ExportColumn("on", "On", Kind.DATE),
            ExportColumn("at", "At", Kind.MOMENT),
            ExportColumn("yes", "Yes", Kind.FLAG),
        ],
        rows=iter(rows),
        totals=["Total", Decimal("-5.50"), None, None, None, None],
        about=(("Filters", "=none"),),
    )


ROW = ("=1+1", Decimal("-5.50"), 0.184, date(2026, 1, 31), datetime(2026, 1, 31, 23, 30, tzinfo=UTC), True)


def test_csv_round_trip_keeps_every_text_and_number() -> None:
    texts = [*FORMULAS, *HARMLESS]

    written = write_file(table(*[(text, *ROW[1:]) for text in texts]), "csv", today=date(2026, 2, 1))

    content = written.file.read()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["Name", "Sales", "Share", "On", "At", "Yes"]
    assert [row[0].removeprefix("'") for row in rows[1:]] == [text.removeprefix("'") for text in texts]
    assert not any(is_formula(row[0]) for row in rows[1:])
    assert rows[1][1:] == ["-5.50", "0.184", "2026-01-31", "2026-01-31T23:30:00+00:00", "true"]
    assert (written.count, written.size, written.name) == (len(texts), len(content), "people-2026-02-01.csv")
    assert written.digest == hashlib.sha256(content).hexdigest()


@override_settings(TIME_ZONE="Asia/Shanghai")
def test_workbook_has_typed_cells_totals_and_a_sheet_about_itself() -> None:
    texts = [text for text in FORMULAS if "\0" not in text]

    written = write_file(table(*[(text, *ROW[1:]) for text in texts]), "xlsx", today=date(2026, 2, 1))

    book = CalamineWorkbook.from_filelike(written.file)
    rows = book.get_sheet_by_name("People  all none").to_python()
    assert [row[0] for row in rows[1:-1]] == texts
    assert rows[1][1:] == [-5.5, 0.184, date(2026, 1, 31), datetime(2026, 2, 1, 7, 30), True]  # noqa: DTZ001
    assert rows[-1][:2] == ["Total", -5.5]
    assert book.get_sheet_by_name("About").to_python() == [["Filters", "=none"], ["Rows", str(len(texts))]]


def test_workbook_holds_no_formula_and_marks_texts_that_look_like_one() -> None:
    written = write_file(table(ROW), "xlsx", today=date(2026, 2, 1))

    with zipfile.ZipFile(written.file) as archive:  # type: ignore[arg-type]
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/" in name)
        styles = archive.read("xl/styles.xml")
    assert b"<f>" not in sheets
    assert styles.count(b'quotePrefix="1"') == 1
    assert all(form in styles for form in (b"#,##0.00", b"0.0%", b"yyyy-mm-dd hh:mm"))


def test_json_has_rows_as_objects_and_exact_amounts() -> None:
    written = write_file(table(ROW, ROW), "json", today=date(2026, 2, 1))

    found = json.loads(written.file.read())
    assert found["columns"][0] == {"name": "name", "label": "Name"}
    assert found["about"] == {"Filters": "=none"}
    assert (
        found["rows"]
        == [
            {
                "name": "=1+1",
                "sales": "-5.50",
                "share": 0.184,
                "on": "2026-01-31",
                "at": "2026-01-31T23:30:00+00:00",
                "yes": True,
            }
        ]
        * 2
    )


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(BadQuery):
        write_file(table(), "exe", today=date(2026, 2, 1))


def own_rows(user: User, rows: Any) -> Any:
    if not user.has_role("director"):
        raise PermissionDenied
    return rows.exclude(full_name="Hidden")


def spec(**changes: Any) -> ListSpec:
    values: dict[str, Any] = {
        "key": "people",
        "title": "People",
        "columns": (
            Column("full_name", "Name", export=lambda row: row.full_name.upper()),
            Column("language", "Language", choices={"en": "English"}),
            Column("last_login", "Seen", kind=Kind.MOMENT),
            Column("phone", "Phone", field_class="F6P"),
        ),
        "queryset": lambda user: User.objects.filter(is_staff=False),
        "default_sort": "-full_name",
        "exportable": own_rows,
    }
    return ListSpec(**values | changes)


Ask = Callable[..., HttpResponse]


@pytest.fixture
def ask(db: None) -> Ask:
    def get(user: User, query: str) -> HttpResponse:
        request = RequestFactory().get(f"/people/?{query}")
        request.user = user
        return ListPageView.as_view(spec=spec())(request)

    return get


def test_a_list_exports_its_rows_columns_and_order_and_says_so_in_the_audit_trail(ask: Ask) -> None:
    director = UserFactory(is_staff=True, roles=["director"])
    for name in ("Ann", "Bob", "Hidden"):
        UserFactory(full_name=name, phone="1")

    answer = ask(director, "export=csv")

    content = b"".join(answer)
    assert content.decode("utf-8-sig").splitlines() == ["Name,Language,Seen", "BOB,English,", "ANN,English,"]
    assert answer["Content-Disposition"].startswith('attachment; filename="people-')
    assert int(answer["Content-Length"]) == len(content)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.subject_type, entry.subject_label) == (
        "export",
        director,
        "people",
        "People",
    )
    assert entry.changes["rows"] == [None, 2]
    assert entry.changes["columns"] == [None, ["full_name", "language", "last_login"]]
    assert entry.changes["sha256"] == [None, hashlib.sha256(content).hexdigest()]


def test_an_export_that_is_not_allowed_writes_nothing(ask: Ask) -> None:
    with pytest.raises(PermissionDenied):
        ask(UserFactory(), "export=csv")

    assert not AuditEntry.objects.exists()


def test_an_export_reads_rows_in_chunks(ask: Ask, django_assert_max_num_queries: Any) -> None:
    director = UserFactory(is_staff=True, roles=["director"])
    UserFactory.create_batch(5)

    with django_assert_max_num_queries(6):
        answer = ask(director, "export=json")

    assert len(json.loads(b"".join(answer))["rows"]) == 5


def plain_spec() -> ListSpec:
    return spec(
        columns=(
            Column("full_name", "Name"),
            Column("language", "Language", choices={"en": "=English", "zh-hans": "简体中文"}),
            Column("last_login", "Seen", kind=Kind.MOMENT),
            Column("date_joined", "Joined", kind=Kind.MOMENT),
            Column("is_active", "Active", kind=Kind.FLAG),
            Column("version", "Changes", kind=Kind.NUMBER),
            Column("drawn", "Drawn", value=None, sort=None, render=lambda row: "x"),
        ),
        default_sort="full_name",
    )


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
@given(texts=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_postgresql_and_python_write_the_same_csv(db: None, zone: str, texts: list[str]) -> None:
    User.objects.all().delete()
    for number, text in enumerate([*texts, *[formula for formula in FORMULAS if "\0" not in formula], *HARMLESS]):
        UserFactory(
            full_name=text,
            language=("en", "zh-hans", "=x")[number % 3],
            is_active=number % 2 == 0,
            last_login=None if number % 3 else datetime(2026, 3, 8, 6, 59, 59, 999999, tzinfo=UTC),
            date_joined=datetime(2026, 11, 1, 5 + number % 3, 30, tzinfo=UTC),
        )
    columns, rows = plain_spec().columns, User.objects.filter(is_staff=False)
    order = Order("full_name", "full_name", descending=False, nullable=False)
    through_python = Table(
        key="people",
        title="People",
        columns=[ExportColumn(column.name, str(column.label)) for column in columns],
        rows=([value_taker(column)(row) for column in columns] for row in iterate(rows, Reader.of(columns), order)),
    )
    copied = replace(through_python, copy=copier(rows, columns, order))

    with timezone.override(zone):
        first = write_file(through_python, "csv", today=date(2026, 2, 1))
        second = write_file(copied, "csv", today=date(2026, 2, 1))

    assert second.file.read() == first.file.read()
    assert (second.count, second.digest) == (first.count, first.digest)


@pytest.mark.parametrize(
    "column",
    [
        Column("full_name", "Name", export=lambda row: row.full_name),
        Column("roles", "Roles"),
    ],
)
def test_columns_that_only_python_can_write_go_through_python(db: None, column: Column) -> None:
    order = Order("full_name", "full_name", descending=False, nullable=False)

    assert copier(User.objects.all(), [column], order) is None
