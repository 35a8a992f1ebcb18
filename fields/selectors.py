"""What pages show of custom fields and of their values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from fields.definitions import Definition, book_for, definition_of
from fields.kinds import kind_of
from fields.kinds.texts import safe_link, short_link
from fields.models import CustomField
from fields.registry import CLASS_WORDS, RecordType, all_record_types
from fields.services.purging import KEPT_RETIRED


def names_of(fields: Iterable[Definition], *values: Mapping[str, Any]) -> dict[int, str]:
    """The names of people whom the values name; asks the database only where there is somebody."""
    keys = [field.key for field in fields if field.kind == "user"]
    numbers = {stored[key] for stored in values for key in keys if isinstance(stored.get(key), int)}
    return dict(User.objects.filter(pk__in=numbers).values_list("pk", "full_name")) if numbers else {}


def facts_of(record_type: str, stored: Mapping[str, Any], classes: Collection[str], user: Any) -> list[tuple[str, Any]]:
    """(label, value in words) of each field that the reader has, an empty text where there is no value."""
    fields = book_for(user).live(record_type, classes)
    people = names_of(fields, stored)
    return [(field.label, shown(field, stored.get(field.key), people)) for field in fields]


def shown(field: Definition, stored: Any, people: Mapping[int, str]) -> Any:
    """A value as a page shows it; a link leads somewhere."""
    if stored is None:
        return ""
    if field.kind == "link":
        address = safe_link(stored)
        text = short_link(str(stored))
        return (
            format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', address, text)
            if address
            else text
        )
    return kind_of(field).words(field, stored, people)


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field as the page of fields lists it."""

    row: CustomField
    definition: Definition
    kind: str
    readers: str
    is_first: bool
    is_last: bool

    @property
    def kept_until(self) -> datetime | None:
        """When a retired field goes with its values, None for one in use."""
        return self.row.retired_at + KEPT_RETIRED if self.row.retired_at else None


@dataclass(frozen=True, slots=True)
class TypePage:
    """The fields of one kind of record."""

    record_type: RecordType
    live: list[FieldLine]
    retired: list[FieldLine]

    @property
    def answer(self) -> str:
        """How many there are, in one sentence."""
        if not self.live:
            return _("No fields of your own yet: the records have what KCRM brings.")
        count, needed = len(self.live), sum(line.row.is_required for line in self.live)
        sentences = [
            ngettext("%(count)s field of your own.", "%(count)s fields of your own.", count) % {"count": count}
        ]
        if needed:
            sentence = ngettext("%(count)s must be filled in.", "%(count)s must be filled in.", needed)
            sentences.append(sentence % {"count": needed})
        return " ".join(sentences)


def type_page(record_type: RecordType) -> TypePage:
    """The fields of a kind of record, in order; retired ones apart."""
    rows = list(CustomField.objects.of_type(record_type.key))
    live = [row for row in rows if row.retired_at is None]
    return TypePage(
        record_type=record_type,
        live=[_line(row, is_first=row is live[0], is_last=row is live[-1]) for row in live],
        retired=[_line(row) for row in rows if row.retired_at is not None],
    )


def _line(row: CustomField, *, is_first: bool = False, is_last: bool = False) -> FieldLine:
    readers = str(CLASS_WORDS[row.field_class])
    return FieldLine(row, definition_of(row), row.get_kind_display(), readers, is_first, is_last)


def type_tabs(current: str, url: Any) -> list[dict[str, Any]]:
    """A tab for each kind of record."""
    return [
        {"label": str(known.label), "url": url(known.key), "current": known.key == current}
        for known in all_record_types()
    ]
