"""Sentences that are stored now and read later, each time in the reader's language.

A sentence is kept as its message id (the English text that gettext knows) with its values beside it. Values may be
text, numbers, dates, moments, decimals, translatable strings and whole sentences (`sentence(...)`); they are formatted
when the sentence is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from kcrm.lib import formats


def message_id(text: Any) -> str:
    """The message id behind a (lazily translated) string: what gettext gives when no language is active."""
    with translation.override(None):
        return str(text)


def sentence(message: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A stored sentence as a value of another one."""
    return {"sentence": [message, dict(values or {})]}


def stored(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a sentence as JSON can hold them, with the kind of what must be formatted later."""
    return {name: _stored(value) for name, value in (values or {}).items()}


def readable(message: str, values: Mapping[str, Any] | None = None) -> str:
    """The sentence in the active language and time zone; empty for an empty message.

    A translation that asks for a value that is not there must not break a page: then the message stands as it is.
    """
    if not message:
        return ""
    text = translation.gettext(message)
    if not values:
        return text
    try:
        return text % {name: _readable(value) for name, value in values.items()}
    except (KeyError, ValueError, TypeError):
        return text


def _stored(value: Any) -> Any:
    if isinstance(value, Promise):
        return {"message": message_id(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if value is None or isinstance(value, str | int | float | bool | dict):
        return value
    return str(value)


def _readable(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kind, raw = next(iter(value.items()))
    if kind == "message":
        return readable(raw)
    if kind == "sentence":
        return readable(*raw)
    if kind == "moment":
        return formats.moment(datetime.fromisoformat(raw))
    if kind == "date":
        return formats.day(date.fromisoformat(raw))
    number = Decimal(raw)
    return formats.number(number, max(0, -int(number.as_tuple().exponent)))
