"""Figures and dates in words, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from kcrm.lib import formats

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Decimal("1265793.04"), 2, "1,265,793.04"),
        (82741, 0, "82,741"),
        (-2741, 0, "−2,741"),
        (Decimal("-0.4"), 0, "0"),
        (Decimal("2.5"), 0, "3"),
        (0.1 + 0.2, 1, "0.3"),
        (None, 0, "not defined"),
    ],
)
def test_number(value: formats.Number | None, digits: int, text: str) -> None:
    assert formats.number(value, digits) == text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "18.4\u00a0%"), ("zh-hans", "18.4%")]
)  # fmt: skip
def test_percent_of_a_fraction(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.percent(Decimal("0.184")) == text


def test_change_is_signed() -> None:
    assert formats.percent(Decimal("2.01"), 0, signed=True) == "+201\u00a0%"
    assert formats.percent(Decimal("-0.061"), 1, signed=True) == "−6.1\u00a0%"


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "USD", "$1,265,793.04"),
        ("zh-hans", "USD", "US$1,265,793.04"),
        ("en", "CNY", "CN¥1,265,793.04"),
        ("zh-hans", "CNY", "¥1,265,793.04"),
        ("en", "JPY", "¥1,265,793"),
        ("en", "CHF", "CHF\u00a01,265,793.04"),
    ],
)
def test_money_has_the_symbol_and_decimals_of_its_currency(language: str, currency: str, text: str) -> None:
    with translation.override(language):
        assert formats.money(Decimal("1265793.04"), currency) == text


def test_negative_money_begins_with_the_minus() -> None:
    assert formats.money(Decimal("-5"), "USD") == "−$5.00"


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        ("en", 82741, "82.7K"),
        ("en", 625330, "625K"),
        ("en", 1265793, "1.3M"),
        ("en", 930, "930"),
        ("en", 7.25, "7.3"),
        ("zh-hans", 82741, "8.3万"),
        ("zh-hans", 125_000_000, "1.3亿"),
        ("zh-hans", 930, "930"),
    ],
)
def test_compact_counts_as_the_reader_does(language: str, value: formats.Number, text: str) -> None:
    with translation.override(language):
        assert formats.compact(value) == text


@pytest.mark.parametrize(("language", "text"), [("en", "12 Dec 2026"), ("zh-hans", "2026年12月12日")])
def test_day(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.day(date(2026, 12, 12)) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=13), "13 d"),
        (timedelta(days=41), "5 w"),
        (timedelta(days=400), "13 mo"),
        (timedelta(days=800), "2 y"),
        (timedelta(days=-3), "in 3 d"),
    ],
)
def test_age_of_a_moment(ago: timedelta, text: str) -> None:
    assert formats.age(NOW - ago, NOW) == text


def test_age_of_a_day_counts_days() -> None:
    assert formats.age(date(2026, 11, 21), NOW) == "today"
    assert formats.age(date(2026, 11, 18), NOW) == "3 d"
    assert formats.age(None, NOW) == "not defined"


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1 byte"), (999, "999 bytes"), (1_500, "1.5\u00a0kB"), (12_400_000, "12.4\u00a0MB")]
)
def test_size(count: int, text: str) -> None:
    assert formats.size(count) == text


@pytest.mark.parametrize(("language", "text"), [("en", "a, b and c"), ("zh-hans", "a、b和c")])
def test_listing(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.listing(["a", "b", "c"]) == text


@pytest.mark.parametrize(
    ("user_agent", "text"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.5", "curl"),
        ("", "unknown"),
    ],
)
def test_browser(user_agent: str, text: str) -> None:
    assert formats.browser(user_agent) == text
