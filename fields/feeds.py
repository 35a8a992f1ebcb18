"""Custom fields in the feed of changes: it names what everybody reads who sees the record, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from fields.definitions import PREFIX, book_for

OPEN_TO_ALL: Final = ("F0", "F6")


def protected_of(record_type: str) -> Callable[[Collection[str]], set[str]]:
    """Which of some names are custom fields of this kind of record that not everybody reads, for `FeedResource.hides`.

    A field that there is not any more is hidden: nobody knows who read it.
    """

    def protected(names: Collection[str]) -> set[str]:
        own = {name for name in names if name.startswith(PREFIX)}
        if not own:
            return own
        known = {field.name for field in book_for().every(record_type) if field.field_class in OPEN_TO_ALL}
        return own - known

    return protected
