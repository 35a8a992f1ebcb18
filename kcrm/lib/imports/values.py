"""From the text of a cell to a value: numbers and dates as people write them, choices by their words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from kcrm.lib import words
from kcrm.lib.errors import DomainError
from kcrm.lib.imports.countries import country_code
from kcrm.lib.imports.fields import Field, Kind
from kcrm.lib.imports.outcomes import RowError

LONGEST_CELL: Final = 32_000
MOST_DIGITS: Final = 30
DATE_ORDERS: Final = ("ymd", "dmy", "mdy")
DECIMAL_MARKS: Final = (".", ",")
YES: Final = frozenset({"1", "true", "yes", "y", "x", "是", "真", "有", "ja", "oui", "si", "on", "✓"})
NO: Final = frozenset({"0", "false", "no", "n", "否", "假", "无", "nein", "non", "off", "-"})
_CURRENCY: Final = re.compile(r"^(?:[A-Z]{3}|[$€£¥￥])\s*|\s*(?:[A-Z]{3}|[$€£¥￥元])$")
_SPACES: Final = re.compile("[\u00a0\u202f\u2009 '’]")
_DAY: Final = re.compile(r"^(\d{1,4})[-/.年 ](\d{1,2})[-/.月 ](\d{1,4})日?$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_CLOCK: Final = re.compile(r"^(.*?)[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}
_WORDED: Final = (
    re.compile(r"^(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[- ]?(?P<m>[A-Za-zä]{3,9})\.?[-, ]{1,2}(?P<y>\d{4})$"),
    re.compile(r"^(?P<m>[A-Za-zä]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})$"),
)
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_EXCEL_SERIAL: Final = re.compile(r"^\d{5}(?:\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Formats:
    """How one column writes its numbers and dates; `zone` is that of moments without an offset."""

    dates: str = "ymd"
    decimal: str = "."
    zone: tzinfo = UTC


PLAIN: Final = Formats()


def understood(field: Field, value: Any, formats: Formats = PLAIN) -> Any:
    """The value of a cell; None for an empty one. Values that are no text pass where they are of the field's kind.

    Raises RowError with a sentence that says how to write it.
    """
    if isinstance(value, str):
        try:
            text = words.clean_text(value)
        except DomainError as error:
            raise RowError(error.message, field=field.name, code="control_characters") from None
        if len(text) > LONGEST_CELL:
            raise RowError(_("The text is longer than a cell may be (32,000 characters)."), field=field.name)
        return _READERS[field.kind](field, text, formats) if text else None
    return None if value is None else _plain(field, value, formats)


def _plain(field: Field, value: Any, formats: Formats) -> Any:
    if field.kind in {Kind.NUMBER, Kind.MONEY, Kind.COUNT} and isinstance(value, int | float | Decimal):
        return _READERS[field.kind](field, str(value), PLAIN)
    if field.kind is Kind.FLAG and isinstance(value, bool):
        return value
    if field.kind is Kind.DATE and isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if field.kind is Kind.MOMENT and isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=formats.zone)
    if field.kind is Kind.MOMENT and isinstance(value, date):
        return datetime.combine(value, time(), formats.zone)
    return understood(field, str(value), formats) if not isinstance(value, dict | list) else _refuse(field)


def _refuse(field: Field) -> Any:
    raise RowError(_("This is not a single value."), field=field.name)


def _text(field: Field, text: str, formats: Formats) -> str:
    return text


def _number(field: Field, text: str, formats: Formats) -> Decimal:
    bare = _SPACES.sub("", words_width(text))
    if field.kind is Kind.MONEY:
        bare = _CURRENCY.sub("", _CURRENCY.sub("", bare))
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    if bare.endswith("-"):
        bare = "-" + bare[:-1]
    group = "," if formats.decimal == "." else "."
    whole, mark, rest = bare.rpartition(formats.decimal)
    if mark and group in rest:
        raise _not_a_number(field, formats)
    head = whole if mark else rest
    if group in head and not re.fullmatch(rf"[-+]?\d{{1,3}}(?:\{group}\d{{2,4}})*\{group}\d{{3,4}}", head):
        raise _not_a_number(field, formats)
    digits = head.replace(group, "") + (f".{rest}" if mark else "")
    if not re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?", digits) or len(digits) > MOST_DIGITS:
        raise _not_a_number(field, formats)
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise _not_a_number(field, formats) from None
    return number if number else Decimal(0)  # there is no negative zero in business


def _count(field: Field, text: str, formats: Formats) -> int:
    number = _number(field, text, formats)
    if number != number.to_integral_value():
        raise RowError(_("Write a whole number."), field=field.name, code="not_a_number")
    return int(number)


def words_width(text: str) -> str:
    """The text with full-width digits and signs in their usual width."""
    return text.translate(_WIDE)


_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}


def _not_a_number(field: Field, formats: Formats) -> RowError:
    example = "1234.56" if formats.decimal == "." else "1234,56"
    return RowError(
        _("This is not a number as the column writes them; write it like %(example)s.") % {"example": example},
        field=field.name,
        code="not_a_number",
    )


def _date(field: Field, text: str, formats: Formats) -> date:
    bare = words_width(text).strip()
    if clock := _CLOCK.match(bare):
        bare = clock[1].strip()
    if _EXCEL_SERIAL.match(bare):
        return _EXCEL_EPOCH + timedelta(days=int(float(bare)))
    found = _COMPACT.match(bare) or _DAY.match(bare)
    if found is None:
        return _worded(field, bare, formats)
    first, second, third = found.groups()
    order = "ymd" if len(first) == 4 else formats.dates
    parts = dict(zip(order, (first, second, third), strict=True))
    if len(parts["y"]) != 4:
        raise RowError(_("Write the year of a date with four digits."), field=field.name, code="not_a_date")
    try:
        day = date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        raise _not_a_date(field, formats) from None
    if not 1900 <= day.year <= 2200:
        raise RowError(_("This date lies too far away to be meant."), field=field.name, code="not_a_date")
    return day


def _worded(field: Field, text: str, formats: Formats) -> date:
    """A date whose month is a word, in English or German: it cannot be mistaken."""
    for form in _WORDED:
        found = form.match(text)
        month = _MONTHS.get(found["m"].lower()[:3]) if found else None
        if found and month:
            try:
                day = date(int(found["y"]), month, int(found["d"]))
            except ValueError:
                break
            if 1900 <= day.year <= 2200:
                return day
    raise _not_a_date(field, formats)


def is_ambiguous(text: str) -> bool:
    """Whether a date can be read with day and month the one or the other way round."""
    found = _DAY.match(_CLOCK.sub(r"\1", words_width(text).strip()).strip())
    if found is None or len(found[1]) > 2:
        return False
    return int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2]


def _not_a_date(field: Field, formats: Formats) -> RowError:
    example = {"ymd": "2026-01-31", "dmy": "31.01.2026", "mdy": "01/31/2026"}[formats.dates]
    return RowError(
        _("This is not a date as the column writes them; write it like %(example)s.") % {"example": example},
        field=field.name,
        code="not_a_date",
    )


def _moment(field: Field, text: str, formats: Formats) -> datetime:
    day = _date(field, text, formats)
    clock = _CLOCK.match(words_width(text).strip())
    if clock is None:
        return datetime.combine(day, time(), formats.zone)
    hour, minute, second, offset = int(clock[2]), int(clock[3]), int(clock[4] or 0), clock[5]
    if hour > 23 or minute > 59 or second > 59:
        raise RowError(_("This is not a time of day; write it like 14:30."), field=field.name, code="not_a_date")
    zone = formats.zone if not offset else datetime.strptime(offset.replace("Z", "+0000"), "%z").tzinfo
    return datetime.combine(day, time(hour, minute, second), zone)


def _choice(field: Field, text: str, formats: Formats) -> str:
    choices = field.choices or {}
    if text in choices:
        return text
    asked = words.fold(text)
    for code, label in choices.items():
        said = (code.replace("_", " "), code, str(label), *field.synonyms.get(code, ()))
        if asked and asked in map(words.fold, said):
            return code
    known = ", ".join(str(label) for label in choices.values() if str(label))
    raise RowError(
        _("“%(value)s” is not one of: %(known)s.") % {"value": text[:60], "known": known[:300]},
        field=field.name,
        code="not_a_choice",
    )


def parted(text: str) -> list[str]:
    """The words of a cell that has several: semicolons, bars or lines between them, or else commas."""
    for signs in (";；|\n", ",，、"):
        if any(sign in text for sign in signs):
            for sign in signs[1:]:
                text = text.replace(sign, signs[0])
            return [part.strip() for part in text.split(signs[0]) if part.strip()]
    return [text.strip()] if text.strip() else []


def _choices(field: Field, text: str, formats: Formats) -> list[str]:
    try:
        return [_choice(field, text, formats)]  # the words of one choice may have a comma
    except RowError:
        return list(dict.fromkeys(_choice(field, part, formats) for part in parted(text)))


def _flag(field: Field, text: str, formats: Formats) -> bool:
    bare = text.casefold()
    if bare in YES:
        return True
    if bare in NO:
        return False
    raise RowError(_("Write yes or no."), field=field.name, code="not_a_flag")


def _country(field: Field, text: str, formats: Formats) -> str:
    code = country_code(text)
    if not code:
        raise RowError(
            _("“%(value)s” is no country that is known; write its two letters, such as CN or DE.")
            % {"value": text[:60]},
            field=field.name,
            code="not_a_country",
        )
    return code


_READERS: Final[Mapping[Kind, Any]] = {
    Kind.TEXT: _text,
    Kind.REFERENCE: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.COUNT: _count,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.FLAG: _flag,
    Kind.COUNTRY: _country,
}
