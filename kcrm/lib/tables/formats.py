"""How the values of a column become text: decided once for a page, not once per cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.lib.export import Kind
from kcrm.lib.tables.columns import Column


class Formats:
    """Formatters of one page; bound to the language and time zone that are active when it is made.

    A page repeats few days, and finding the words for one is slow: each day is written once.
    """

    def __init__(self) -> None:
        self._zone = timezone.get_current_timezone()
        pattern = str(get_format("DATETIME_FORMAT"))
        # where minutes stand last they can be added to a day that is known already
        self._day_of_moment = pattern.removesuffix("H:i") if pattern.endswith("H:i") else None
        self._days: dict[date, str] = {}
        self._moment_days: dict[date, str] = {}

    def day(self, value: date) -> str:
        """A day in the words of the language."""
        text = self._days.get(value)
        if text is None:
            text = self._days[value] = formats.day(value)
        return text

    def moment(self, value: datetime) -> str:
        """Day and minute in the reader's time zone, as `kcrm.lib.formats.moment` writes them."""
        if self._day_of_moment is None:
            return formats.moment(value)
        local = value.astimezone(self._zone)
        key = local.date()
        text = self._moment_days.get(key)
        if text is None:
            text = self._moment_days[key] = date_format(local, self._day_of_moment)
        return f"{text}{local.hour:02}:{local.minute:02}"

    def formatter(self, column: Column) -> Callable[[Any], str]:
        """What turns a value of this column into text."""
        none = str(column.none)
        if column.choices is not None:
            words = {value: str(text) for value, text in column.choices.items()}
            return lambda value: words.get(value) or (none if value in (None, "") else str(value))
        if column.kind is Kind.FLAG:
            yes, no = _("yes"), _("no")
            return lambda value: none if value is None else yes if value else no
        plain: dict[Kind, Callable[[Any], str]] = {
            Kind.NUMBER: lambda value: formats.number(value, column.places or 0),
            Kind.PERCENT: lambda value: formats.percent(value, 1 if column.places is None else column.places),
            Kind.DATE: self.day,
            Kind.MOMENT: self.moment,
        }
        if column.kind in plain:
            write = plain[column.kind]
            return lambda value: none if value is None else write(value)
        return lambda value: none if value in (None, "") else value if isinstance(value, str) else str(value)
