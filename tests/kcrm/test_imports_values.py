"""Cells as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Field, Kind
from kcrm.lib.imports.countries import country_code
from kcrm.lib.imports.values import Formats, understood

COLOURS = {"red": "Red", "dark_blue": "Dark blue"}


def read(kind: Kind, text: Any, **formats: Any) -> Any:
    return understood(Field("x", "X", kind=kind, choices=COLOURS), text, Formats(**formats))


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1234.56", ".", "1234.56"),
        ("1,234,567.8", ".", "1234567.8"),
        ("1.234,56", ",", "1234.56"),
        ("1 234,5", ",", "1234.5"),
        ("(12.50)", ".", "-12.50"),
        ("$1,200", ".", "1200"),
        ("1200 EUR", ".", "1200"),
        ("¥１，２３４．５", ".", "1234.5"),
        ("-0", ".", "0"),
        ("12-", ".", "-12"),
        ("1e3", ".", "1000"),
    ],
)
def test_numbers(text: str, decimal: str, number: str) -> None:
    assert read(Kind.MONEY, text, decimal=decimal) == Decimal(number)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "9" * 40, "12,5,1", "1.2.3", "abc", "=1+1", "1,5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        read(Kind.NUMBER, text)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-01-31", "dmy", date(2026, 1, 31)),
        ("31.01.2026", "dmy", date(2026, 1, 31)),
        ("1/31/2026", "mdy", date(2026, 1, 31)),
        ("2026年1月31日", "ymd", date(2026, 1, 31)),
        ("20260131", "ymd", date(2026, 1, 31)),
        ("46053", "ymd", date(2026, 1, 31)),
        ("2026-01-31 00:00:00", "ymd", date(2026, 1, 31)),
    ],
)
def test_dates(text: str, order: str, day: date) -> None:
    assert read(Kind.DATE, text, dates=order) == day


@pytest.mark.parametrize("text", ["0000-00-00", "31.02.2026", "9999-12-31", "1.2.26", "yesterday", "2026-13-01"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        read(Kind.DATE, text, dates="dmy")


def test_moments_choices_and_flags() -> None:
    assert read(Kind.MOMENT, "2026-01-31 14:30") == datetime(2026, 1, 31, 14, 30, tzinfo=UTC)
    assert read(Kind.MOMENT, "2026-01-31T14:30:05+08:00") == datetime(2026, 1, 31, 6, 30, 5, tzinfo=UTC)
    assert (read(Kind.CHOICE, "DARK BLUE"), read(Kind.CHOICE, "red")) == ("dark_blue", "red")
    assert (read(Kind.FLAG, "Yes"), read(Kind.FLAG, "否"), read(Kind.TEXT, "  ")) == (True, False, None)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\ud800", "x" * 32_001])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        read(Kind.TEXT, text)


def test_invisible_signs_are_stripped_and_formulas_stay_text() -> None:
    assert read(Kind.TEXT, "Ac\u202eme\u200b") == "Acme"
    assert read(Kind.TEXT, "=cmd|' /C calc'!A0") == "=cmd|' /C calc'!A0"


def test_countries_by_code_and_name() -> None:
    names = ["Germany", "USA", "UK", "中国", "Deutschland", "de", "Côte d’Ivoire", "Atlantis", ""]

    assert [country_code(name) for name in names] == ["DE", "US", "GB", "CN", "DE", "DE", "CI", "", ""]
