"""Which records can have fields of one's own: an app declares them in `<app>/custom_fields.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLASS_WORDS: Final[Mapping[str, Any]] = {
    "F0": pgettext_lazy("field class", "General: whoever sees the record"),
    "F1": _("Commercial: whoever reads its sales"),
    "F2": _("Margins and costs: whoever reads profitability; written by finance"),
    "F3": _("Credit: whoever reads credit; written by finance"),
    "F6": _("Business card: whoever sees the person"),
    "F6P": _("Private: the account manager and his director"),
}


@dataclass(frozen=True, slots=True)
class RecordType:
    """A kind of record that can have custom fields.

    `key` names it in addresses and stays; `classes` are the field classes that its fields may have, the usual one
    first. The model has the column `custom` (`fields.models.Customisable`). Where `names_people` is said, free words
    are likely to name somebody: the trail says of texts and links only that they changed.
    """

    key: str
    label: Any
    model_label: str
    classes: tuple[str, ...] = ("F0",)
    names_people: bool = False

    @property
    def model(self) -> type[Model]:
        """The model."""
        return apps.get_model(self.model_label)


_types: dict[str, RecordType] = {}


def register(declared: RecordType) -> RecordType:
    """Declare a kind of record. Raises ValueError for a second one of the same key."""
    if _types.get(declared.key, declared) is not declared:
        raise ValueError(f"Two record types {declared.key!r}.")
    _types[declared.key] = declared
    return declared


def record_type(key: str) -> RecordType:
    """The kind of record of this key. Raises LookupError."""
    try:
        return _types[key]
    except KeyError:
        raise LookupError(f"No record {key!r} has custom fields.") from None


def all_record_types() -> tuple[RecordType, ...]:
    """Every kind of record that can have custom fields, in the order of declaration."""
    return tuple(_types.values())


def type_of_model(model: type[Model]) -> RecordType | None:
    """The kind of record of a model, None for a model without custom fields."""
    label = model._meta.label_lower
    return next((known for known in _types.values() if known.model_label == label), None)
