"""Put values into a record's own fields: checked by their kinds, nothing lost that one does not see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.audit import MASK, PLAIN_CLASSES
from fields.definitions import PREFIX, Book, Definition, book_for
from fields.kinds import kind_of
from fields.registry import record_type as known_type
from kcrm.lib.errors import DomainError

FREE_WORDS: Final = ("text", "link")


def merged_values(
    record_type: str,
    stored: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    by: User,
    classes: Collection[str],
    is_new: bool = False,
    book: Book | None = None,
) -> dict[str, Any]:
    """All values that the record has after `given` {key: value, None to empty} was put into it.

    `classes` are the field classes that the person may write on this record; a field of another class is as unknown
    as one that there is not. Values of retired fields and of those he does not see stay.
    Raises DomainError whose field is the custom field's name.
    """
    book = book or book_for(by)
    live = {field.key: field for field in book.live(record_type, classes)}
    values = dict(stored)
    for key, value in given.items():
        field = live.get(key)
        if field is None:
            raise DomainError(_("There is no field “%(name)s”.") % {"name": str(key)[:60]}, field=f"{PREFIX}{key}"[:60])
        before = stored.get(key)
        try:
            after = kind_of(field).clean(field, value, before)
        except DomainError as error:
            raise DomainError(error.message, field=field.name, code=error.code) from None
        if after is None:
            if field.is_required:
                raise DomainError(_("“%(label)s” is needed.") % {"label": field.label}, field=field.name)
            values.pop(key, None)
        else:
            values[key] = after
    if is_new:
        _require(live.values(), values)
    return values


def custom_after(
    record_type: str,
    values: Mapping[str, Any],
    stored: Mapping[str, Any] | None,
    *,
    by: User,
    classes: Collection[str],
) -> dict[str, Any]:
    """{"custom": all values that the record has then} where `values` bring a "custom", {} where they do not.

    `stored` is None for a new record. One that comes with "custom", as from forms and programs, must have what must be
    filled in; one that follows from another act, as a task from a next step, need not. Raises as `merged_values`.
    """
    given = values.get("custom")
    if given is None:
        return {}
    is_new = stored is None
    return {"custom": merged_values(record_type, stored or {}, given, by=by, classes=classes, is_new=is_new)}


def _require(live: Iterable[Any], values: Mapping[str, Any]) -> None:
    """Refuse a new record that lacks what must be filled in."""
    for field in live:
        if field.is_required and field.key not in values:
            raise DomainError(_("“%(label)s” is needed.") % {"label": field.label}, field=field.name)


def changed_values(
    record_type: str, before: Mapping[str, Any], after: Mapping[str, Any], book: Book
) -> dict[str, list[Any]]:
    """{name of the field: [before, after]} of what differs, for the audit trail: what is protected says only that."""
    changes: dict[str, list[Any]] = {}
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            field = book.get(record_type, key)
            is_open = field is not None and _is_told(field)
            changes[f"{PREFIX}{key}"] = [before.get(key), after.get(key)] if is_open else [MASK, MASK]
    return changes


def _is_told(field: Definition) -> bool:
    """Whether the trail may keep the values of a field."""
    hidden = field.kind in FREE_WORDS and known_type(field.record_type).names_people
    return field.field_class in PLAIN_CLASSES and not hidden


def told(
    record_type: str, changes: Mapping[str, Sequence[Any]], *, by: User | None = None, book: Book | None = None
) -> dict[str, Sequence[Any]]:
    """The changes of a record with each of its own fields told by itself."""
    told = {name: change for name, change in changes.items() if name != "custom"}
    if "custom" in changes:
        before, after = changes["custom"]
        told |= changed_values(record_type, before or {}, after or {}, book or book_for(by))
    return told


def found_by(record_type: str, stored: Mapping[str, Any], book: Book | None = None) -> list[str]:
    """The texts by which the search finds the record."""
    if not stored:
        return []
    live = (book or book_for()).live(record_type)
    return [str(stored[field.key]) for field in live if field.is_found_by and field.key in stored]
