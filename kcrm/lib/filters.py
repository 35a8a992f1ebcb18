"""Filters for pages and API alike: an allow-list of keys; anything else is refused with a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import SuffixedMultiWidget

from kcrm.lib.errors import BadQuery

OPEN_CLASSES = frozenset({"F0", "F1", "F6"})
SUFFIX_WORDS: Mapping[str, Any] = {
    "min": gettext_lazy("at least"),
    "max": gettext_lazy("at most"),
    "after": gettext_lazy("from"),
    "before": gettext_lazy("until"),
}


class UnknownKey(BadQuery):
    """A query key that this list does not know for this reader: answered with 400 by pages and API."""


class Active(NamedTuple):
    """One filter value in force: what to write on its chip, and the key and value that set it."""

    label: str
    key: str
    value: str


class StrictFilterSet(django_filters.FilterSet):
    """A filter set that knows exactly its own keys.

    `field_classes` gives the field class of filters over protected fields; for a reader whose `allowed_classes`
    lack it the filter does not exist, so its key is as unknown as any other.
    """

    field_classes: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        data: QueryDict | Mapping[str, Any] | None = None,
        queryset: QuerySet[Any] | None = None,
        *,
        request: HttpRequest | None = None,
        prefix: str | None = None,
        allowed_classes: Collection[str] = OPEN_CLASSES,
        reserved: Collection[str] = (),
    ) -> None:
        super().__init__(data, queryset, request=request, prefix=prefix)
        for name, field_class in self.field_classes.items():
            if field_class not in allowed_classes:
                self.filters.pop(name, None)
        self._refuse_unknown(self.data, reserved)

    def _refuse_unknown(self, data: Mapping[str, Any], reserved: Collection[str]) -> None:
        known = {key for name in self.filters for key in self.keys_of(name)}
        unknown = sorted(set(data) - known - set(reserved))
        if unknown:
            raise UnknownKey(
                _("Unknown filter “%(key)s”. This list knows: %(known)s.")
                % {"key": unknown[0][:100], "known": ", ".join(sorted(known)) or "–"}
            )

    def keys_of(self, name: str) -> list[str]:
        """The query keys that the filter reads: one, or one for each end of a range."""
        widget = self.filters[name].field.widget
        if isinstance(widget, SuffixedMultiWidget):
            return [widget.suffixed(name, suffix) for suffix in widget.suffixes]
        return [name]

    def values_of(self, key: str) -> list[str]:
        """What the query says for a key, empty texts left out."""
        return [value for value in _listed(self.data, key) if value]

    def is_set(self, name: str) -> bool:
        """Whether the query says anything for the filter."""
        return any(map(self.values_of, self.keys_of(name)))

    def chooses_rows(self, name: str) -> bool:
        """Whether the filter offers rows of the database to choose from."""
        found = self.filters[name]
        hidden = issubclass(_class_of(found.extra.get("widget")), forms.HiddenInput)
        return (
            isinstance(found, django_filters.ModelChoiceFilter | django_filters.ModelMultipleChoiceFilter)
            and not hidden
        )

    def active(self) -> list[Active]:
        """The filter values in force, in the order of the filters. Values that cannot be read are left out."""
        if not self.form.is_valid():
            self.form.full_clean()
        return [found for name in self.filters for found in self._active_of(name)]

    def _active_of(self, name: str) -> Iterator[Active]:
        field = self.form.fields[name]
        cleaned = self.form.cleaned_data.get(name)
        if cleaned in (None, "", []):
            return
        for key in self.keys_of(name):
            for raw in self.values_of(key):
                if key == name:
                    yield Active(_chip_text(field, cleaned, raw), key, raw)
                else:
                    word = SUFFIX_WORDS.get(key.removeprefix(f"{name}_"), "")
                    yield Active(f"{field.label} {word} {raw}", key, raw)


def _class_of(widget: Any) -> type:
    """A widget is given as a class or as one of its instances."""
    return widget if isinstance(widget, type) else type(widget)


def _listed(data: Any, key: str) -> list[str]:
    if hasattr(data, "getlist"):
        return data.getlist(key)
    value = data.get(key)
    return [str(value)] if value is not None else []


def _chip_text(field: forms.Field, cleaned: Any, raw: str) -> str:
    """What the chip of one value says: the words of a choice rather than its code."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        key = field.to_field_name or "pk"
        shown = next((str(item) for item in cleaned if str(getattr(item, key)) == raw), raw)
    elif isinstance(field, forms.ModelChoiceField):
        shown = str(cleaned)
    elif isinstance(field, forms.ChoiceField):
        shown = next((str(text) for value, text in _flat(field.choices) if str(value) == raw), raw)
    elif isinstance(field, forms.BooleanField):
        choices = getattr(field.widget, "choices", ())
        shown = next((str(text) for value, text in choices if str(value) == raw), _("yes") if cleaned else _("no"))
    else:
        shown = raw
    return f"{field.label}: {shown}"


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, text in choices:
        if isinstance(text, list | tuple):
            yield from text
        else:
            yield value, text
