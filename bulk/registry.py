"""What of each list can be changed together, by the list's key.

An app declares its lists in `<app>/bulk_edits.py`; the page of a bulk edit, the job, its undoing and the cells that are
changed in place follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kcrm.lib.tables import BulkAction


def same(value: Any) -> Any:
    """The value as it is."""
    return value


def replaced(before: Any, given: Any) -> Any:
    """What most fields become: what was given."""
    return given


def in_words(value: Any) -> str:
    """A plain value as the preview shows it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


@dataclass(frozen=True)
class BulkField:
    """A value that many records can get together.

    `control(user)` is the form field with what this person may choose from; `read(record)` the record's present value,
    plain as JSON has it, under `target`, the name that the service knows; `combine(before, given)` what the record
    gets. `show(value)` puts a plain value into words. An empty value clears unless the field is `needed`.
    `write(pk, value, by)` saves a value that the list's own service knows nothing of.
    """

    name: str
    label: Any
    control: Callable[[Any], forms.Field]
    read: Callable[[Any], Any]
    target: str = ""
    needed: bool = False
    combine: Callable[[Any, Any], Any] = replaced
    show: Callable[[Any], str] = in_words
    write: Callable[[int, Any, Any], Any] | None = None

    @property
    def to(self) -> str:
        """The service's name of the value."""
        return self.target or self.name


@dataclass(frozen=True)
class BulkList:
    """A list whose records can be changed together.

    `rows(user)` are the records in sight, with what `read` and `may_change` need beside them. `update` and `delete`
    call one service each, `update(pk, version, {target: plain value}, by)`; `restore` takes out of the bin again.
    `more(user)` are fields that a company added itself. `allowed(user)` and `may_delete(user)` only decide what is
    offered; the services ask for each record.
    """

    key: str
    title: Any
    list_url: str
    rows: Callable[[Any], QuerySet[Any]]
    fields: tuple[BulkField, ...]
    update: Callable[[int, int, Mapping[str, Any], Any], Any]
    allowed: Callable[[Any], bool]
    may_change: Callable[[Any, Any], bool]
    delete: Callable[[int, int, Any], Any] | None = None
    restore: Callable[[int, int, Any], Any] | None = None
    may_delete: Callable[[Any], bool] = lambda user: False
    label: Callable[[Any], str] = str
    more: Callable[[Any], tuple[BulkField, ...]] = lambda user: ()

    def field(self, name: str) -> BulkField:
        """The field of this name. Raises LookupError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise LookupError(name)

    def save(self, pk: int, version: int, values: Mapping[str, Any], by: Any) -> None:
        """Save these values, each by the service that knows it."""
        own = {field.to: field.write for field in self.fields if field.write is not None}
        rest = {name: value for name, value in values.items() if name not in own}
        if rest:
            self.update(pk, version, rest, by)
        for name, value in values.items():
            if write := own.get(name):
                write(pk, value, by)


_lists: dict[str, BulkList] = {}


def register(declared: BulkList) -> BulkList:
    """Declare a list. Raises ValueError for a second one of the same key."""
    if _lists.get(declared.key, declared) is not declared:
        raise ValueError(f"Two bulk lists {declared.key!r}.")
    _lists[declared.key] = declared
    return declared


def extend(key: str, field: BulkField, *, beside: Mapping[str, Any]) -> BulkList:
    """Let an app above add a field to a list; `beside` are the annotations that the field reads.

    Raises LookupError for a list that nobody declared.
    """
    known = bulk_list(key)
    _lists[key] = replace(
        known, fields=(*known.fields, field), rows=lambda user: known.rows(user).annotate(**beside)
    )  # fmt: skip
    return _lists[key]


def bulk_list(key: str, user: Any = None) -> BulkList:
    """The list of this key, with the fields that only this person's company has. Raises LookupError."""
    try:
        declared = _lists[key]
    except KeyError:
        raise LookupError(f"No list {key!r} can be changed in bulk.") from None
    more = declared.more(user) if user is not None else ()
    return replace(declared, fields=(*declared.fields, *more)) if more else declared


def all_bulk_lists() -> tuple[BulkList, ...]:
    """Every list that can be changed in bulk."""
    return tuple(_lists.values())


def edit_action(key: str) -> BulkAction:
    """The button that leads the ticked rows of this list into a bulk edit."""
    return BulkAction(
        name="edit",
        label=_("Edit"),
        icon="pencil",
        css="btn-primary",
        takes_all=True,
        allowed=lambda user: bulk_list(key).allowed(user),
    )
