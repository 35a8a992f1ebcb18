"""Fields of one's own of the parts of customers that a file brings in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from accounts.services.naming import people_named
from fields.definitions import PREFIX, book_for
from fields.importing import imported_values, in_words, people_in
from fields.registry import RecordType
from fields.services.values import found_by, told
from kcrm.lib.imports import Row, Run


class NoFields:
    """Of parts that cannot have any."""

    def values(self, row: Row, record: Any) -> dict[str, Any]:
        """What the row brings; `record` is what it is about, None for a new one. Raises DomainError."""
        return {}

    def told(self, changes: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
        """The changes as the trail keeps them."""
        return changes

    def shown(self, changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        """The changes as the wizard shows them."""
        return dict(changes)

    def found_by(self, record: Any) -> list[str]:
        """The texts by which the search finds the record."""
        return []


class OwnFields(NoFields):
    """Of one kind of record, with the people whom the rows of a chunk name."""

    def __init__(
        self, record: RecordType, rows: Sequence[Row], run: Run, classes: Collection[str] | None = None
    ) -> None:
        self.key, self.run = record.key, run
        self.classes = record.classes if classes is None else classes
        self.book = book_for(run.by)
        self.people = people_named(people_in(self.key, [row.values for row in rows], self.book), run.source)

    def values(self, row: Row, record: Any) -> dict[str, Any]:
        """All values that the record has after the row, where it brings some or the record is new."""
        if record is not None and not any(name.startswith(PREFIX) for name in row.values):
            return {}
        return {
            "custom": imported_values(
                self.key,
                {} if record is None else record.custom,
                row.values,
                run=self.run,
                book=self.book,
                people=self.people,
                classes=self.classes,
                is_new=record is None,
            )
        }

    def told(self, changes: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
        """Each field by itself; what is protected says only that it changed."""
        return told(self.key, changes, book=self.book)

    def shown(self, changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        """Each field by itself, in words."""
        return in_words(self.key, changes, self.book)

    def found_by(self, record: Any) -> list[str]:
        """Those fields that say so."""
        return found_by(self.key, record.custom, self.book)
