"""Texts, links and days."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import DateField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django_filters.widgets import DateRangeWidget

from fields.definitions import Definition
from fields.kinds.base import Kind, People
from kcrm.lib import formats, imports, words
from kcrm.lib.errors import DomainError
from kcrm.lib.tables import Cell, Column
from kcrm.lib.tables import Kind as CellKind

LONGEST_TEXT: Final = 1_000
LONGEST_LINK: Final = 500
SCHEMES: Final = ("http", "https")
FIRST_YEAR, LAST_YEAR = 1900, 2200


class TextKind(Kind):
    """A line of text."""

    longest = LONGEST_TEXT

    def clean(self, field: Definition, value: Any, stored: Any = None) -> str | None:
        """The line without what nobody sees."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise DomainError(_("Write a text."))
        if len(value) > self.longest:
            raise DomainError(_("Write at most %(count)s characters.") % {"count": self.longest})
        return words.clean_line(value) or None

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """A line to type into."""
        return forms.CharField(max_length=self.longest)

    def schema(self, field: Definition) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "maxLength": self.longest}

    def filters(self, field: Definition) -> dict[str, django_filters.Filter]:
        """A part of the text."""

        def holding(rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
            rows = rows.alias(**{f"{field.name}_value": self.expression(field)})
            return rows.filter(**{f"{field.name}_value__icontains": value})

        return {field.name: django_filters.CharFilter(label=field.label, method=holding)}


class LinkKind(TextKind):
    """The address of a page."""

    longest = LONGEST_LINK

    def clean(self, field: Definition, value: Any, stored: Any = None) -> str | None:
        """An address of the web; one without a scheme gets https."""
        text = super().clean(field, value, stored)
        if text is None:
            return None
        address = text if "://" in text or ":" in text.split("/")[0].split(".")[0] else f"https://{text}"
        try:
            URLValidator(schemes=SCHEMES)(address)
            is_safe = urlsplit(address).username is None
        except (ValidationError, ValueError):
            is_safe = False
        if not is_safe or len(address) > self.longest:
            raise DomainError(_("Write the address of a page, such as https://example.com/plan."))
        return address

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """A line for an address; `clean` says what is wrong with it."""
        return forms.CharField(max_length=self.longest, widget=forms.URLInput(attrs={"placeholder": "https://"}))

    def schema(self, field: Definition) -> dict[str, Any]:
        """An address."""
        return {"type": "string", "format": "uri", "maxLength": self.longest}

    def column(self, field: Definition) -> Column:
        """The address without its scheme, to be opened."""
        name = field.name

        def draw(row: Any) -> Cell | None:
            address = getattr(row, name)
            return Cell(short_link(address), href=safe_link(address)) if address else None

        plain = super().column(field)
        return Column(
            name, plain.label, value=plain.value, render=draw, field_class=plain.field_class, default=False,
            editable=field.is_open, help=plain.help,
        )  # fmt: skip


def safe_link(address: Any) -> str:
    """The address if a browser may be led there, otherwise nothing; stored values are never trusted again."""
    text = str(address)
    return text if text.split("://")[0].lower() in SCHEMES and "://" in text else ""


def short_link(address: str) -> str:
    """The address as people read it."""
    text = address.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    return text if len(text) <= 60 else f"{text[:59]}…"


class DateKind(Kind):
    """A day."""

    import_kind = imports.Kind.DATE
    cell_kind = CellKind.DATE

    def clean(self, field: Definition, value: Any, stored: Any = None) -> str | None:
        """The day in ISO's way."""
        if value in (None, ""):
            return None
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value.strip())
        except (ValueError, AttributeError):
            raise DomainError(_("Write a day such as 2026-01-31.")) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise DomainError(_("This date lies too far away to be meant."))
        return date(day.year, day.month, day.day).isoformat()

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """A day to choose."""
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def schema(self, field: Definition) -> dict[str, Any]:
        """A day."""
        return {"type": "string", "format": "date"}

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The day in the reader's language."""
        return formats.day(date.fromisoformat(stored))

    def written(self, field: Definition, stored: Any, people: People) -> str:
        """The day in ISO's way."""
        return str(stored)

    def expression(self, field: Definition) -> Any:
        """A day."""
        return Cast(KeyTextTransform(field.key, "custom"), DateField())

    def filters(self, field: Definition) -> dict[str, django_filters.Filter]:
        """From a day, until a day."""

        def between(rows: QuerySet[Any], name: str, value: slice) -> QuerySet[Any]:
            return in_range(rows, self.expression(field), field, value)

        return {
            field.name: django_filters.DateFromToRangeFilter(
                label=field.label, method=between, widget=DateRangeWidget(attrs={"type": "date"})
            )
        }


def in_range(rows: QuerySet[Any], expression: Any, field: Definition, value: slice) -> QuerySet[Any]:
    """The rows whose value lies between the ends of a range, either of which may be open."""
    rows = rows.alias(**{f"{field.name}_value": expression})
    bounds = {"gte": value.start, "lte": value.stop}
    given = {f"{field.name}_value__{end}": bound for end, bound in bounds.items() if bound is not None}
    return rows.filter(**given)
