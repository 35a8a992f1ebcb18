"""Custom fields in files that are brought in: their columns, and their values as rows give them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from accounts.services.naming import People
from fields.definitions import PREFIX, Book, book_for
from fields.kinds import kind_of
from fields.selectors import names_of
from fields.services.values import merged_values
from kcrm.lib.imports import Field, Run


def import_fields(record_type: str, classes: Collection[str]) -> tuple[Field, ...]:
    """The columns of the custom fields of these classes."""
    return tuple(kind_of(field).cell(field) for field in book_for().live(record_type, classes))


def people_in(record_type: str, rows: Sequence[Mapping[str, Any]], book: Book) -> Iterator[str]:
    """Whom the rows name in custom fields."""
    names = [field.name for field in book.live(record_type) if field.kind == "user"]
    return (str(given[name]) for given in rows for name in names if name in given)


def imported_values(
    record_type: str,
    stored: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    run: Run,
    book: Book,
    people: People,
    classes: Collection[str],
    is_new: bool,
) -> dict[str, Any]:
    """All values that the record has once the row is in, by the policy of each field; nothing is emptied.

    Raises DomainError naming the field.
    """
    wanted: dict[str, Any] = {}
    for name, value in given.items():
        key = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and run.takes(name, stored.get(key)):
            field = book.get(record_type, key)
            is_person = field is not None and field.kind == "user"
            wanted[key] = people.get(str(value), field=name) if is_person else value
    return merged_values(record_type, stored, wanted, by=run.by, classes=classes, is_new=is_new, book=book)


def in_words(record_type: str, changes: Mapping[str, list[Any]], book: Book) -> dict[str, list[Any]]:
    """The changes of a row as the wizard shows them: each custom field by itself, in words."""
    shown = {name: change for name, change in changes.items() if name != "custom"}
    pair = changes.get("custom") or [{}, {}]
    before: Mapping[str, Any] = pair[0] or {}
    after: Mapping[str, Any] = pair[1] or {}
    fields = [field for field in book.live(record_type) if before.get(field.key) != after.get(field.key)]
    people = names_of(fields, before, after)
    for field in fields:
        values = (before.get(field.key), after.get(field.key))
        shown[field.name] = [None if value is None else kind_of(field).words(field, value, people) for value in values]
    return shown
