"""Figures, dates and spans as words in the reader's language. Text in, text out: no markup, no database.

`None` is written "not defined": an undefined figure is never shown as 0. The minus is a real minus (U+2212) and
figures never break over a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

Number = int | float | Decimal

MINUS: Final = "\u2212"
HARD_SPACE: Final = "\u00a0"

# What a language counts large figures in, largest first.
SCALES: Final = {
    "zh": ((Decimal(10**8), "亿"), (Decimal(10**4), "万")),
    "en": ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K")),
}
SIZES: Final = (("kB", 10**3), ("MB", 10**6), ("GB", 10**9))


def undefined() -> str:
    """What stands where a figure has no value."""
    return _("not defined")


def _tongue() -> str:
    return (get_language() or "en").split("-")[0]


def _rounded(value: Number, digits: int) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def number(value: Number | None, digits: int = 0, *, signed: bool = False) -> str:
    """A figure with thousands apart and a fixed number of decimals; `signed` writes the plus as well."""
    if value is None:
        return undefined()
    exact = _rounded(value, digits)
    if exact.is_zero():
        return f"{abs(exact):,.{digits}f}"
    sign = MINUS if exact < 0 else "+" if signed else ""
    return f"{sign}{abs(exact):,.{digits}f}"


def percent(fraction: Number | None, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction of one as percent: 0.184 is "18.4 %", in Chinese "18.4%"."""
    if fraction is None:
        return undefined()
    exact = fraction if isinstance(fraction, Decimal) else Decimal(str(fraction))
    space = "" if _tongue() == "zh" else HARD_SPACE
    return f"{number(exact * 100, digits, signed=signed)}{space}%"


@cache
def _currency_symbol(currency: str, language: str) -> str:
    try:
        locale = Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    symbol = get_currency_symbol(currency, locale)
    return symbol + HARD_SPACE if symbol.isalpha() else symbol


def money(amount: Number | None, currency: str, digits: int | None = None) -> str:
    """An amount with its currency: "$1,265,793.04"; without `digits` as many decimals as the currency has."""
    if amount is None:
        return undefined()
    if digits is None:
        digits = get_currency_precision(currency)
    figure = number(amount, digits)
    symbol = _currency_symbol(currency, get_language() or "en")
    return f"{MINUS}{symbol}{figure[1:]}" if figure.startswith(MINUS) else f"{symbol}{figure}"


def compact(value: Number | None) -> str:
    """A figure for a narrow place, in the reader's own thousands: 82741 is "82.7K", in Chinese "8.3万"."""
    if value is None:
        return undefined()
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    for scale, unit in SCALES.get(_tongue(), SCALES["en"]):
        if abs(exact) >= scale:
            return number(exact / scale, 0 if abs(exact) >= 100 * scale else 1) + unit
    return number(exact, 0 if abs(exact) >= 10 or exact == exact.to_integral_value() else 1)


def day(value: date | None) -> str:
    """A date with its year: "12 Dec 2026", "2026年12月12日". A moment gives its day in the reader's time zone."""
    return formats.date_format(_local(value), "DATE_FORMAT") if value else undefined()


def short_day(value: date | None) -> str:
    """A date without its year, where the year is plain: "12 Dec", "12月12日"."""
    return formats.date_format(_local(value), "SHORT_DATE_FORMAT") if value else undefined()


def month(value: date | None) -> str:
    """A month of a year: "December 2026", "2026年12月"."""
    return formats.date_format(_local(value), "YEAR_MONTH_FORMAT") if value else undefined()


def moment(value: datetime | None) -> str:
    """A date with its time in the reader's time zone."""
    return formats.date_format(_local(value), "DATETIME_FORMAT") if value else undefined()


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def span(length: timedelta) -> str:
    """A length of time in its one fitting unit: "5 min", "3 h", "3 d", "2 w", "5 mo", "2 y"."""
    seconds = int(abs(length).total_seconds())
    days = seconds // 86_400
    if seconds < 60:
        return _("under 1 min")
    if seconds < 3_600:
        return _("%(count)d min") % {"count": seconds // 60}
    if days < 1:
        return _("%(count)d h") % {"count": seconds // 3_600}
    if days < 14:
        return _("%(count)d d") % {"count": days}
    if days < 61:
        return _("%(count)d w") % {"count": days // 7}
    if days < 730:
        return _("%(count)d mo") % {"count": days * 12 // 365}
    return _("%(count)d y") % {"count": days // 365}


def age(since: date | None, now: datetime) -> str:
    """How long ago something was, or in how long it will be: "3 d", "in 2 w"; a bare date counts in days."""
    if since is None:
        return undefined()
    if not isinstance(since, datetime):
        days = (timezone.localdate(now) - since).days
        if days == 0:
            return _("today")
        length = timedelta(days=days)
    else:
        length = now - since
        if abs(length) < timedelta(minutes=1):
            return _("just now")
    if length < timedelta(0):
        return _("in %(span)s") % {"span": span(length)}
    return span(length)


def size(count: int | None) -> str:
    """Bytes as a reader counts them: "12.4 MB"."""
    if count is None:
        return undefined()
    value = Decimal(count)
    if value < 1_000:
        return ngettext("%(count)d byte", "%(count)d bytes", count) % {"count": count}
    unit, scale = next(((unit, scale) for unit, scale in SIZES if value < scale * 1_000), SIZES[-1])
    value /= scale
    return f"{number(value, 0 if value >= 100 else 1)}{HARD_SPACE}{unit}"


def listing(words: Iterable[str]) -> str:
    """Several words in one sentence: "a, b and c", "a、b和c"."""
    known = [str(word) for word in words]
    if len(known) < 2:
        return "".join(known)
    *head, last = known
    comma = "、" if _tongue() == "zh" else ", "
    return _("%(head)s and %(last)s") % {"head": comma.join(head), "last": last}


BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """What a browser calls itself, as people know it: "Firefox, Windows"; unknown ones by their first word."""
    program = next((name for mark, name in BROWSERS if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    known = ", ".join(filter(None, (program, system)))
    return known or user_agent.split("/")[0][:40] or _("unknown")
