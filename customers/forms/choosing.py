"""Choosing customers in forms: from a list while they are few, by typed names when a list of all would be too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from kcrm.lib import formats, words

MOST_LISTED: Final = 300
MOST_LINES: Final = 2000
LONGEST_NUMBER: Final = 18
NAME_OR_NUMBER: Final = gettext_lazy("Its name, or # and its number.")
NAMES_OR_NUMBERS: Final = gettext_lazy(
    "One name a line, or # and its number; a column of a spreadsheet can be pasted here."
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that names customers, and those it may mean."""

    text: str
    found: list[Customer]


def typed_customers(texts: Iterable[str], offered: QuerySet[Customer]) -> list[Typed]:
    """Whom each text means among the customers on offer: by number, else by name in capitals or not. One statement."""
    asked = list(texts)
    numbers = [number for number in map(_number, asked) if number is not None]
    keys = {words.name_key(text) for text in asked}
    rows = list(offered.filter(Q(pk__in=numbers) | Q(name_key__in=keys)).order_by("pk")) if asked else []
    by_number = {row.pk: row for row in rows}
    by_name: dict[str, list[Customer]] = {}
    for row in rows:
        by_name.setdefault(row.name.casefold(), []).append(row)
    return [
        Typed(text, [by_number[number]] if (number := _number(text)) in by_number else by_name.get(text.casefold(), []))
        for text in asked
    ]


def _number(text: str) -> int | None:
    digits = text.removeprefix("#")
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_NUMBER else None


class CustomerInput(forms.TextInput):
    """One line for a customer's name; the browser suggests names where scripts run."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"autocomplete": "off", "data-suggest": reverse_lazy("api:customer-list")}
        super().__init__(usual | (attrs or {}))


class CustomersInput(forms.Textarea):
    """Several lines for names; ticks of a list that has since grown too long arrive as lines of numbers."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 10, "spellcheck": "false"} | (attrs or {}))

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """All values of this name, one a line."""
        values = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
        return "\n".join(map(str, values))


class CustomerChoiceField(forms.CharField):
    """A customer by its name or, where several share it, by `#` and its number; among those of the `queryset`."""

    widget = CustomerInput
    queryset: QuerySet[Customer]

    def clean(self, value: Any) -> Customer | None:
        """The customer, None when nothing was typed."""
        text = super().clean(value).strip()
        if not text:
            return None
        [typed] = typed_customers([text], self.queryset)
        if not typed.found:
            raise forms.ValidationError(_("No customer of this name is among those you see."))
        if len(typed.found) > 1:
            raise forms.ValidationError(_("Several customers have this name. Write # and the number of the right one."))
        return typed.found[0]

    def prepare_value(self, value: Any) -> Any:
        """The name of a customer that is handed in as a record."""
        return value.name if isinstance(value, Customer) else value


class CustomersChoiceField(forms.CharField):
    """Several customers by names or numbers, one a line; every line that means nobody or several is named."""

    widget = CustomersInput
    queryset: QuerySet[Customer]

    def clean(self, value: Any) -> list[Customer]:  # type: ignore[override]  # Django has no word for what fields return
        """The customers in the order of their lines, each once."""
        lines = [line.strip() for line in super().clean(value).splitlines()]
        texts = list(dict.fromkeys(line for line in lines if line))
        if len(texts) > MOST_LINES:
            raise forms.ValidationError(_("At most %(count)s lines at once.") % {"count": MOST_LINES})
        typed = typed_customers(texts, self.queryset)
        if errors := list(_errors(typed)):
            raise forms.ValidationError(errors)
        return list({one.found[0].pk: one.found[0] for one in typed}.values())

    def prepare_value(self, value: Any) -> Any:
        """Names, one a line, of customers that are handed in as records or numbers; a number where a name is shared."""
        if not isinstance(value, list | tuple | QuerySet):
            return value
        numbers = [one.pk if isinstance(one, Customer) else one for one in value]
        chosen = list(self.queryset.filter(pk__in=numbers))
        typed = typed_customers([row.name for row in chosen], self.queryset)
        means_it = [one.found == [row] for one, row in zip(typed, chosen, strict=True)]
        return "\n".join(row.name if clear else f"#{row.pk}" for row, clear in zip(chosen, means_it, strict=True))


def _errors(typed: list[Typed]) -> Iterable[str]:
    nobody = [one.text for one in typed if not one.found]
    several = [f"{one.text} ({', '.join(f'#{row.pk}' for row in one.found)})" for one in typed if len(one.found) > 1]
    if nobody:
        yield _("No customer on offer has this name: %(names)s.") % {"names": formats.listing(nobody)}
    if several:
        yield _("Several customers have this name, write the number of the right one: %(names)s.") % {
            "names": formats.listing(several)
        }


def offer_customers(form: forms.Form, name: str, customers: QuerySet[Customer]) -> None:
    """Let a form's field choose among these customers: as it was declared, or typed where they are too many to list.

    Either way it cleans to a customer, or to several, as its declaration says.
    """
    declared: Any = form.fields[name]
    if customers.order_by()[: MOST_LISTED + 1].count() <= MOST_LISTED:
        declared.queryset = customers
        return
    several = isinstance(declared, forms.ModelMultipleChoiceField)
    kind, how = (CustomersChoiceField, NAMES_OR_NUMBERS) if several else (CustomerChoiceField, NAME_OR_NUMBER)
    help_text = " ".join(str(text) for text in (declared.help_text, how) if text)
    typed = kind(label=declared.label, required=declared.required, help_text=help_text)
    typed.queryset = customers
    form.fields[name] = typed
