"""The filter form as its template draws it; what does not depend on rows is drawn once, whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kcrm.lib.drawn import Drawn
from kcrm.lib.filters import StrictFilterSet, UnknownKey

KEPT: Final = 500
SEARCH: Final = "q"


class FilterField(NamedTuple):
    """One filter. `html` is its label and control, empty while its choices wait to be asked for."""

    name: str
    label: str
    id: str
    value: str
    html: SafeString | str
    is_hidden: bool
    is_open: bool


_drawn: Final[Drawn[tuple[FilterField, ...]]] = Drawn(KEPT)


def filter_fields(filterset: StrictFilterSet, asked: str = "") -> tuple[FilterField, ...]:
    """The filters with their values.

    Choices out of the database come only with the filter that is `asked` for, and with one that is in force: they
    would cost every page a statement. Raises UnknownKey for a name that is no filter.
    """
    names = tuple(filterset.filters)
    if asked and asked not in names:
        raise UnknownKey(_("Unknown filter “%(key)s”. This list knows: %(known)s.")
                         % {"key": asked[:100], "known": ", ".join(names)})  # fmt: skip
    values = tuple((key, *filterset.values_of(key)) for name in names for key in filterset.keys_of(name))
    if any(filterset.chooses_rows(name) and (name == asked or filterset.is_set(name)) for name in names):
        return fields_of(filterset.form, asked)
    key = (type(filterset), names, get_language(), values, asked)
    return _drawn.get(key, lambda: fields_of(filterset.form, asked))


def bare_fields(
    kind: type[StrictFilterSet], classes: Collection[str], make: Callable[[], StrictFilterSet]
) -> tuple[FilterField, ...]:
    """The filters for a reader of these field classes while none is in force."""
    return _drawn.get((kind, frozenset(classes), get_language()), lambda: filter_fields(make()))


def fields_of(form: Any, asked: str = "") -> tuple[FilterField, ...]:
    """The fields of a form, drawn now."""
    return tuple(_field_of(form, bound, is_open=bound.name == asked) for bound in form)


def _field_of(form: Any, bound: Any, *, is_open: bool) -> FilterField:
    value = bound.value()
    is_set = value not in (None, "", [])
    if bound.is_hidden:
        html = SafeString(bound)
    elif bound.name == SEARCH or (isinstance(bound.field, forms.ModelChoiceField) and not is_open and not is_set):
        html = ""
    else:
        html = bound.as_field_group()
    text = value if isinstance(value, str) else ""
    return FilterField(bound.name, str(bound.label), bound.id_for_label, text, html, bound.is_hidden, is_open)
