"""The custom fields as forms, lists, files and the REST door use them, remembered until one of them changes.

Whoever signs in comes with the stamp of the last change in the statement that reads him, so that a request asks the
database for fields only after somebody changed one. Jobs and commands ask for the stamp.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language

from accounts.models import Stamp
from fields.models import STAMP, CustomField
from kcrm.lib.drawn import Drawn
from kcrm.lib.filters import OPEN_CLASSES

PREFIX: Final = "custom_"
UNKNOWN: Final[Any] = object()
KEPT: Final = 8


def _in_language(en: str, zh: str) -> str:
    return zh if zh and (get_language() or "").startswith("zh") else en or zh


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices of a field; a retired one is shown where it was chosen and offered no more."""

    key: str
    en: str
    zh: str = ""
    retired: bool = False

    @property
    def label(self) -> str:
        """Its words in the reader's language."""
        return _in_language(self.en, self.zh)


@dataclass(frozen=True)
class Definition:
    """A custom field. `name` is its name beside a record's own columns: in forms, lists, filters and files."""

    id: int
    record_type: str
    key: str
    kind: str
    label_en: str
    label_zh: str = ""
    help_en: str = ""
    help_zh: str = ""
    field_class: str = "F0"
    options: tuple[Option, ...] = ()
    places: int = 0
    currency: str = ""
    is_required: bool = False
    is_found_by: bool = False
    is_retired: bool = False

    @property
    def name(self) -> str:
        """Its name beside the record's own columns, which none of them can have."""
        return f"{PREFIX}{self.key}"

    @property
    def label(self) -> str:
        """Its words in the reader's language; amounts say their currency."""
        words = _in_language(self.label_en, self.label_zh)
        return f"{words} ({self.currency})" if self.currency else words

    @property
    def help(self) -> str:
        """What to write there, in the reader's language."""
        return _in_language(self.help_en, self.help_zh)

    @property
    def is_open(self) -> bool:
        """Whether whoever changes the record changes it, so that lists offer it; the rest is filled in on its page."""
        return self.field_class in OPEN_CLASSES

    @cached_property
    def option(self) -> Mapping[str, Option]:
        """The choices by their keys, retired ones too."""
        return {option.key: option for option in self.options}


@dataclass(frozen=True)
class Book:
    """All custom fields at one moment, known by its stamp."""

    stamp: UUID | None
    fields: Mapping[str, tuple[Definition, ...]] = field(default_factory=dict)

    def every(self, record_type: str) -> tuple[Definition, ...]:
        """The fields of a kind of record, retired ones too."""
        return self.fields.get(record_type, ())

    def live(self, record_type: str, classes: Collection[str] | None = None) -> tuple[Definition, ...]:
        """The fields in use that somebody with these field classes has (None for all)."""
        return tuple(
            known
            for known in self.every(record_type)
            if not known.is_retired and (classes is None or known.field_class in classes)
        )

    def get(self, record_type: str, key: str) -> Definition | None:
        """The field of this key, a retired one too."""
        return next((known for known in self.every(record_type) if known.key == key), None)


EMPTY: Final = Book(None)
_books: Final[Drawn[Book]] = Drawn(KEPT)


def book_for(user: Any = None) -> Book:
    """The custom fields as this person's request knows them; without a request, as they are now."""
    stamp = getattr(user, "fields_stamp", UNKNOWN)  # asked of the person, not of the lazy object that stands for him
    stamp = _stamp_now() if stamp is UNKNOWN else stamp
    return EMPTY if stamp is None else _books.get(stamp, lambda: _read(stamp))


def forget(user: Any) -> None:
    """Let the person's next question read the fields again: he has just changed one."""
    if hasattr(user, "fields_stamp"):
        del user.fields_stamp


def _stamp_now() -> UUID | None:
    return Stamp.objects.filter(name=STAMP).values_list("value", flat=True).first()


def _read(stamp: UUID) -> Book:
    found: dict[str, list[Definition]] = {}
    for row in CustomField.objects.order_by("record_type", "position", "pk"):
        found.setdefault(row.record_type, []).append(definition_of(row))
    return Book(stamp, {record_type: tuple(known) for record_type, known in found.items()})


def definition_of(row: CustomField) -> Definition:
    """A stored field as the others use it."""
    return Definition(
        id=row.pk or 0,
        record_type=row.record_type,
        key=row.key,
        kind=row.kind,
        label_en=row.label_en,
        label_zh=row.label_zh,
        help_en=row.help_en,
        help_zh=row.help_zh,
        field_class=row.field_class,
        options=tuple(Option(**option) for option in row.choices),
        places=row.places,
        currency=row.currency,
        is_required=row.is_required,
        is_found_by=row.is_found_by,
        is_retired=row.retired_at is not None,
    )
