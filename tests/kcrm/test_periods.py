"""Months are added, counted and framed without a clock."""

from __future__ import annotations

from datetime import date

import pytest

from kcrm.lib.periods import (
    Window,
    add_months,
    last_day,
    month_of,
    months_between,
    months_from,
    newest_closed_month,
    parse_month,
    same_day,
    trailing,
)


@pytest.mark.parametrize(
    ("month", "count", "expected"),
    [
        (date(1998, 5, 1), -11, date(1997, 6, 1)),
        (date(1997, 12, 1), 1, date(1998, 1, 1)),
        (date(1997, 1, 1), -1, date(1996, 12, 1)),
        (date(1997, 1, 1), 0, date(1997, 1, 1)),
    ],
)
def test_months_are_added_over_the_turn_of_the_year(month: date, count: int, expected: date) -> None:
    assert add_months(month, count) == expected


def test_months_are_counted_in_both_directions() -> None:
    assert months_between(date(1996, 7, 1), date(1998, 5, 1)) == 22
    assert months_between(date(1998, 5, 1), date(1996, 7, 1)) == -22


def test_months_between_two_are_listed_with_both_ends() -> None:
    assert list(months_from(date(1996, 11, 1), date(1997, 1, 1))) == [
        date(1996, 11, 1),
        date(1996, 12, 1),
        date(1997, 1, 1),
    ]
    assert list(months_from(date(1997, 1, 1), date(1996, 11, 1))) == []


def test_a_day_lies_in_its_month() -> None:
    assert month_of(date(1998, 5, 6)) == date(1998, 5, 1)
    assert last_day(date(1996, 2, 1)) == date(1996, 2, 29)


def test_the_same_day_of_a_shorter_month_is_its_last() -> None:
    assert same_day(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert same_day(date(1998, 5, 6), 336) == date(2026, 5, 6)


def test_the_trailing_year_ends_with_its_month() -> None:
    window = trailing(date(1998, 5, 1))

    assert (window.start_on, window.end_on, window.until) == (date(1997, 6, 1), date(1998, 5, 31), date(1998, 6, 1))
    assert len(window) == 12
    assert window.months()[0] == date(1997, 6, 1)
    assert window.before() == Window(date(1996, 6, 1), date(1997, 5, 1))
    assert window.a_year_earlier() == window.before()


def test_a_window_holds_the_days_of_its_months() -> None:
    window = trailing(date(1998, 5, 1), 3)

    assert date(1998, 3, 1) in window
    assert date(1998, 5, 31) in window
    assert date(1998, 6, 1) not in window


def test_a_window_cannot_run_backwards_or_begin_within_a_month() -> None:
    with pytest.raises(ValueError, match="window"):
        Window(date(1998, 5, 1), date(1998, 4, 1))
    with pytest.raises(ValueError, match="window"):
        Window(date(1998, 5, 2), date(1998, 6, 1))


def test_the_newest_closed_month_is_the_one_before_the_present() -> None:
    assert newest_closed_month(date(2026, 1, 15)) == date(2025, 12, 1)


def test_a_month_is_read_from_its_year_and_number() -> None:
    assert parse_month("1998-05") == date(1998, 5, 1)


@pytest.mark.parametrize("text", ["1998-5", "1998-13", "98-05", "", "1998-05-01", "１９９８-05"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        parse_month(text)
