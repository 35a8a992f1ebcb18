"""Changes of a record's custom fields in words, each field by itself and as far as its reader may read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from accounts.models import AuditEntry
from accounts.services.audit import MASK
from fields.definitions import PREFIX, Book, Definition, book_for
from fields.kinds import kind_of
from fields.registry import all_record_types, type_of_model
from fields.selectors import names_of

LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, in words. Both are empty where only the fact may be kept (access rules, 2.3)."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OwnFields:
    """The custom fields, retired ones too, and the names of the people whom values name."""

    book: Book
    people: Mapping[int, str]

    def changes(
        self, model: type[Model], before: Mapping[str, Any], after: Mapping[str, Any], classes: Collection[str]
    ) -> dict[str, Change]:
        """What differs between two states of the custom fields of a record of this model."""
        record_type = type_of_model(model)
        found = {}
        for key in sorted({*before, *after}) if record_type else ():
            field = self.book.get(record_type.key, key) if record_type else None
            if before.get(key) != after.get(key) and field is not None and field.field_class in classes:
                found[field.name] = Change(
                    field.label, self._word(field, before.get(key)), self._word(field, after.get(key))
                )
        return found

    def acted(
        self, model: type[Model], changes: Mapping[str, Sequence[Any]], classes: Collection[str]
    ) -> dict[str, Change]:
        """What the trail kept of custom fields; of protected ones only that they changed."""
        record_type = type_of_model(model)
        found = {}
        for name, pair in changes.items():
            field = self.book.get(record_type.key, name.removeprefix(PREFIX)) if record_type else None
            if not name.startswith(PREFIX) or field is None or field.field_class not in classes:
                continue
            words = ("", "") if MASK in pair else tuple(self._word(field, value) for value in pair)
            found[name] = Change(field.label, words[0], words[1])
        return found

    def _word(self, field: Definition, stored: Any) -> str:
        text = "–" if stored is None else kind_of(field).words(field, stored, self.people)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def own_fields_of(moments: Sequence[Mapping[str, Any]], acts: Iterable[AuditEntry]) -> OwnFields:
    """What it takes to tell the changes of these moments and acts, in at most three statements."""
    book = book_for()
    states = [
        state.get("custom") or {} for moment in moments for state in (moment["before"] or {}, moment["after"] or {})
    ]
    for act in acts:
        named = {name.removeprefix(PREFIX): pair for name, pair in act.changes.items() if name.startswith(PREFIX)}
        states += [{key: pair[place] for key, pair in named.items() if pair[place] != MASK} for place in (0, 1)]
    people = [field for known in all_record_types() for field in book.every(known.key) if field.kind == "user"]
    return OwnFields(book, names_of(people, *states))
