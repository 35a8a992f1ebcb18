"""One codec per kind of custom field: what may be stored, and how it looks at every door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fields.definitions import Definition
from fields.kinds.base import Kind
from fields.kinds.choices import ChoiceKind, ChoicesKind
from fields.kinds.figures import MoneyKind, NumberKind
from fields.kinds.people import UserKind
from fields.kinds.texts import DateKind, LinkKind, TextKind

__all__ = ["KINDS", "Kind", "kind_of"]

KINDS: Final[Mapping[str, Kind]] = {
    "text": TextKind(),
    "number": NumberKind(),
    "money": MoneyKind(),
    "date": DateKind(),
    "choice": ChoiceKind(),
    "choices": ChoicesKind(),
    "user": UserKind(),
    "link": LinkKind(),
}


def kind_of(field: Definition) -> Kind:
    """The codec of a field."""
    return KINDS[field.kind]
