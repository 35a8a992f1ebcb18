"""What one column of a list is: where its value comes from, how it sorts, how it looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db import models
from django.db.models.expressions import Combinable
from django.utils.functional import cached_property

from kcrm.lib.export import Kind

NUMERIC_KINDS: Final = frozenset({Kind.NUMBER, Kind.PERCENT})


class Cell(NamedTuple):
    """What stands in a table cell. The template escapes `html` and `sub` unless they are safe strings."""

    html: str
    css: str = ""
    href: str = ""
    sub: str = ""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a list.

    `value` is an ORM path or expression, the column's own name where it is left out, and None for a column that is
    only drawn. In `render` and `export` the row has it under the column's name, and each ORM path of `needs` under
    that path (`row.owner__full_name`).
    `sort` is an ORM path or expression, the value where it is left out; None makes the column unsortable.
    `render` answers text or a `Cell`; without it the value is formatted by `kind` and, where `choices` are given,
    shown in their words. `none` stands for a value that is not there.
    Where `by_value` is set, what `render` draws depends on the column's own value alone, and each value is drawn once.
    `prepare` adds to rows what the value reads, for one reader; it is called only where the column is shown.
    A column of a protected `field_class` does not exist for readers without it.
    `total` is an aggregate over the whole filtered list. An `editable` cell can be changed in its place, by those who
    are offered bulk edits of the list.
    """

    name: str
    label: Any
    value: str | Combinable | None = ""
    sort: str | Combinable | None = ""
    render: Callable[[Any], Cell | str | None] | None = None
    numeric: bool = False
    default: bool = True
    field_class: str = "F0"
    export: Callable[[Any], Any] | None = None
    kind: Kind = Kind.TEXT
    places: int | None = None
    choices: Mapping[Any, Any] | None = None
    needs: tuple[str, ...] = ()
    none: Any = "–"
    help: Any = ""
    css: str = ""
    total: models.Aggregate | None = None
    sort_nullable: bool | None = None
    editable: bool = False
    by_value: bool = False
    prepare: Callable[[models.QuerySet[Any], Any], models.QuerySet[Any]] | None = None

    @cached_property
    def source(self) -> str | Combinable | None:
        """The ORM path or expression of the value."""
        return self.name if self.value == "" else self.value

    @cached_property
    def order(self) -> str | Combinable | None:
        """The ORM path or expression of the order, None where the column cannot sort."""
        return self.source if self.sort == "" else self.sort

    @cached_property
    def is_numeric(self) -> bool:
        """Whether figures stand flush right."""
        return self.numeric or self.kind in NUMERIC_KINDS

    @cached_property
    def cell_css(self) -> str:
        """The classes of its cells."""
        return f"{self.css} num".strip() if self.is_numeric else self.css


def nullable_path(model: type[models.Model], path: str) -> bool:
    """Whether the ORM path can be NULL; a path that is no model field may always be."""
    current: Any = model
    for part in path.split("__"):
        if part == "pk":
            return False
        names = {field.name for field in current._meta.get_fields()}
        field = current._meta.get_field(part) if part in names else None
        if field is None or getattr(field, "null", True) or field.one_to_many or field.many_to_many:
            return True
        current = field.related_model or current
    return False
