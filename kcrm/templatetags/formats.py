"""Figures and dates in templates: thin doors to `kcrm.lib.formats`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kcrm.lib import formats
from kcrm.lib.money import from_units

register = template.Library()

register.filter("compact", formats.compact)
register.filter("day", formats.day)
register.filter("short_day", formats.short_day)
register.filter("month", formats.month)
register.filter("moment", formats.moment)
register.filter("span", formats.span)
register.filter("file_size", formats.size)
register.filter("listing", formats.listing)


register.filter("browser", formats.browser)


@register.filter
def number(value: formats.Number | None, digits: int = 0) -> str:
    """`{{ value|number }}`, `{{ value|number:2 }}`."""
    return formats.number(value, digits)


@register.filter
def signed(value: formats.Number | None, digits: int = 0) -> str:
    """A figure with its sign, the plus as well."""
    return formats.number(value, digits, signed=True)


@register.filter
def percent(value: formats.Number | None, digits: int = 1) -> str:
    """`{{ fraction|percent }}`, `{{ fraction|percent:0 }}`."""
    return formats.percent(value, digits)


@register.filter
def signed_percent(value: formats.Number | None, digits: int = 0) -> str:
    """A change as percent with its sign: "+201 %"."""
    return formats.percent(value, digits, signed=True)


@register.filter
def money(amount: formats.Number | None, currency: str) -> str:
    """`{{ amount|money:"USD" }}` to the cent."""
    return formats.money(amount, currency)


@register.filter
def whole_money(amount: formats.Number | None, currency: str) -> str:
    """`{{ amount|whole_money:"USD" }}` without decimals, where the reader compares rather than reconciles."""
    return formats.money(amount, currency, 0)


@register.filter
def age(since: date | None, now: datetime | None = None) -> str:
    """How long ago, as a word: "3 d". A template is a door, so it may read the clock."""
    return formats.age(since, now or timezone.now())


@register.simple_tag
def ago(since: date | None) -> SafeString:
    """The same with the exact moment on hover, kept up to date by the page."""
    if since is None:
        return format_html('<span class="undefined">{}</span>', formats.undefined())
    exact = formats.moment(since) if isinstance(since, datetime) else formats.day(since)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        since.isoformat(),
        exact,
        formats.age(since, timezone.now()),
    )


@register.simple_tag
def change(value: formats.Number | None, digits: int = 0, *, better: str = "up") -> SafeString:
    """A change as percent, coloured by whether it is good: `{% change growth %}`, `{% change cost better="down" %}`."""
    if value is None:
        return format_html('<span class="undefined">{}</span>', formats.undefined())
    text = formats.percent(value, digits, signed=True)
    good: Any = value > 0 if better == "up" else value < 0
    css = "muted" if value == 0 else "up" if good else "down"
    return format_html('<span class="{}">{}</span>', css, text)


@register.filter
def units(value: int | None, digits: int = 0) -> str:
    """A ledger amount, stored in 1/10,000 of the currency unit: `{{ units|units }}`, `{{ units|units:2 }}`."""
    return formats.number(None if value is None else from_units(value), digits)
