"""Numbers and amounts: exact decimals from the form to the file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import DecimalField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from fields.definitions import Definition
from fields.kinds.base import Kind, People
from fields.kinds.texts import in_range
from kcrm.lib import formats, imports
from kcrm.lib.errors import DomainError
from kcrm.lib.tables import Column
from kcrm.lib.tables import Kind as CellKind

MOST_DIGITS: Final = 18  # before the decimal point
MOST_PLACES: Final = 6


class NumberKind(Kind):
    """A number with so many decimal places."""

    import_kind = imports.Kind.NUMBER
    cell_kind = CellKind.NUMBER

    def clean(self, field: Definition, value: Any, stored: Any = None) -> str | None:
        """The number as a text with all its decimal places: JSON numbers would lose some."""
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            raise DomainError(_("Write a number."))
        try:
            number = Decimal(str(value).strip() if len(str(value)) < 100 else "NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise DomainError(_("Write a number."))
        if number and number.adjusted() >= MOST_DIGITS:
            raise DomainError(_("Write at most %(count)s digits before the decimal point.") % {"count": MOST_DIGITS})
        exact = round(number, field.places)
        if exact != number:
            raise DomainError(_("Write at most %(count)s decimal places.") % {"count": field.places})
        return format(exact if exact else abs(exact), "f")

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """A number to type."""
        return forms.DecimalField(max_digits=MOST_DIGITS + field.places, decimal_places=field.places)

    def schema(self, field: Definition) -> dict[str, Any]:
        """A decimal as text."""
        return {"type": "string", "format": "decimal"}

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The number in the reader's language."""
        return formats.number(Decimal(stored), field.places)

    def written(self, field: Definition, stored: Any, people: People) -> str:
        """The number with a point."""
        return str(stored)

    def expression(self, field: Definition) -> Any:
        """A number."""
        exact = DecimalField(max_digits=MOST_DIGITS + MOST_PLACES, decimal_places=field.places)
        return Cast(KeyTextTransform(field.key, "custom"), exact)

    def column(self, field: Definition) -> Column:
        """Figures, flush right."""
        return Column(
            field.name, field.label, value=self.expression(field), kind=self.cell_kind, places=field.places,
            field_class=field.field_class, default=False, editable=field.is_open, help=field.help,
        )  # fmt: skip

    def filters(self, field: Definition) -> dict[str, django_filters.Filter]:
        """At least, at most."""

        def between(rows: QuerySet[Any], name: str, value: slice) -> QuerySet[Any]:
            return in_range(rows, self.expression(field), field, value)

        return {field.name: django_filters.RangeFilter(label=field.label, method=between)}


class MoneyKind(NumberKind):
    """An amount in the currency of its field, so that amounts can be compared and added."""

    import_kind = imports.Kind.MONEY

    def clean(self, field: Definition, value: Any, stored: Any = None) -> str | None:
        """The amount; a currency that comes with it must be the field's."""
        if isinstance(value, Mapping):
            return self.sent(field, value, stored)
        return super().clean(field, value, stored)

    def sent(self, field: Definition, value: Any, stored: Any = None) -> str | None:
        """{"amount", "currency"}: an amount says what it is of. Another currency is refused, never converted."""
        if value is None:
            return None
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            raise DomainError(_("Send an amount with its currency."))
        if value["currency"] != field.currency:
            raise DomainError(_("Amounts of this field are in %(currency)s.") % {"currency": field.currency})
        return super().clean(field, value["amount"], stored)

    def api(self, field: Definition, stored: Any) -> dict[str, str]:
        """The amount and its currency."""
        return {"amount": stored, "currency": field.currency}

    def schema(self, field: Definition) -> dict[str, Any]:
        """An amount and its currency."""
        return {
            "type": "object",
            "required": ["amount", "currency"],
            "properties": {
                "amount": {"type": "string", "format": "decimal"},
                "currency": {"type": "string", "enum": [field.currency]},
            },
        }

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The amount with its currency."""
        return formats.money(Decimal(stored), field.currency, field.places)
