"""Everything that can be imported, by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from kcrm.lib.imports.fields import Field
from kcrm.lib.imports.outcomes import Outcome, Row, Run

Save: TypeAlias = Callable[[Sequence[Row], Run], list[Outcome]]
Refresh: TypeAlias = Callable[[Mapping[str, Sequence[int]], Any], None]
Undo: TypeAlias = Callable[[Sequence[Sequence[Mapping[str, Any]]], Any], list[str]]


@dataclass(frozen=True)
class Importable:
    """A thing that files can bring in.

    `save` gets the rows of one chunk inside a transaction, with understood values, and answers one outcome a row in
    their order; what it refuses it refuses by row. `identity` gives the natural key of a row's values, None where
    it has none: a second row with the same key in one file is refused. `keys` are the fields by which rows find
    what is there already, in the order in which they are tried. `allowed(user)` says whether a person may bring in
    such things at all; each row is still asked for. `refresh({model label: ids}, by)` brings what follows from the
    rows up to date after an undo. `fallbacks` {field: other field} say whose text stands for a field that the file
    does not have. `counted` {field: other field} number the rows of one text of the other field in their order where
    the file does not. `undo(images of each row, by)` takes rows back as a set instead of record by record; it answers
    for each why it stays, empty where it does not.
    """

    key: str
    label: Any
    fields: tuple[Field, ...]
    save: Save
    allowed: Callable[[Any], bool]
    identity: Callable[[Mapping[str, Any]], str | None] = lambda values: None
    keys: tuple[str, ...] = ()
    description: Any = ""
    chunk_size: int = 1_000
    refresh: Refresh | None = None
    undo: Undo | None = None
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, str] = field(default_factory=dict)
    order: int = 100
    more: Callable[[], tuple[Field, ...]] = tuple

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields that every new row needs."""
        return tuple(field for field in self.fields if field.required)

    def lacking(self, there: Iterable[str]) -> tuple[Field, ...]:
        """The needed fields that a file with these fields neither has nor lets be found in another way."""
        known = set(there)
        known |= {name for name, other in (*self.fallbacks.items(), *self.counted.items()) if other in known}
        return tuple(field for field in self.required if field.name not in known)


_importables: dict[str, Importable] = {}


def register(thing: Importable) -> Importable:
    """Declare something importable. Raises ValueError for a second thing of the same key."""
    if _importables.get(thing.key, thing) is not thing:
        raise ValueError(f"Two importables {thing.key!r}.")
    _importables[thing.key] = thing
    return thing


def importable(key: str) -> Importable:
    """The importable of this key, with the fields that the company added. Raises LookupError."""
    try:
        thing = _importables[key]
    except KeyError:
        raise LookupError(f"Nothing importable is called {key!r}.") from None
    more = thing.more()
    return replace(thing, fields=(*thing.fields, *more)) if more else thing


def all_importables() -> tuple[Importable, ...]:
    """Everything importable, in the order in which a new company brings it in."""
    return tuple(sorted(_importables.values(), key=lambda thing: (thing.order, thing.key)))


def importables_for(user: Any) -> tuple[Importable, ...]:
    """What this person may bring in."""
    return tuple(thing for thing in all_importables() if thing.allowed(user))
