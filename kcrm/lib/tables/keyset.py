"""Paging by position in the order instead of by number: page 2,000 costs what page 2 costs.

A list is ordered by one value and then by primary key, in the same direction, empty values last. A cursor names the
row next to which a page begins; it says nothing that the row's reader could not see.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy
from django.utils.translation import gettext as _

from kcrm.lib.errors import BadQuery

SORT_ALIAS: Final = "list_sort"


@dataclass(frozen=True, slots=True)
class Order:
    """One sort order: its public name, the expression, the direction, and whether the value can be empty."""

    name: str
    expression: str | Combinable
    descending: bool
    nullable: bool

    @property
    def key(self) -> str:
        """The order as the address line writes it."""
        return f"-{self.name}" if self.descending else self.name

    def annotate(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with the value they are ordered by."""
        expression = F(self.expression) if isinstance(self.expression, str) else self.expression
        return rows.annotate(**{SORT_ALIAS: expression})

    def terms(self, *, backwards: bool = False) -> list[OrderBy]:
        """ORDER BY terms for annotated rows. PostgreSQL's own place for NULL is named only where it differs."""
        descending = self.descending != backwards
        explicit = self.nullable and self.descending
        value = OrderBy(
            F(SORT_ALIAS),
            descending=descending,
            nulls_last=True if explicit and not backwards else None,
            nulls_first=True if explicit and backwards else None,
        )
        return [value, OrderBy(F("pk"), descending=descending)]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order: the row with this value and key."""

    value: Any
    pk: int

    def encode(self, order: Order) -> str:
        """The cursor for the address line."""
        value = None if self.value is None else _text(self.value)
        packed = json.dumps([order.key, value, self.pk], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: Order, rows: QuerySet[Any]) -> Cursor:
        """The cursor in an address, its value of the type the order has. Raises BadQuery for anything else."""
        try:
            key, value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if key != order.key or not isinstance(pk, int) or not isinstance(value, str | None):
                raise ValueError
            if value is not None:
                if "\0" in value:
                    raise ValueError
                value = rows.query.annotations[SORT_ALIAS].output_field.to_python(value)
        except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError):
            raise BadQuery(_("This page marker belongs to another list or order. Start from the first page.")) from None
        return cls(value, pk)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def beyond(order: Order, cursor: Cursor, *, backwards: bool) -> Q:
    """The rows after the cursor (or before it) among annotated rows.

    Written as `value >= v AND (value > v OR id > i)`: the first half is an index condition, the second sorts out ties.
    """
    larger = order.descending == backwards
    step, step_or_tie = ("gt", "gte") if larger else ("lt", "lte")
    same_side = Q(**{f"pk__{step}": cursor.pk})
    empty = Q(**{f"{SORT_ALIAS}__isnull": True})
    if cursor.value is None:
        among_empty = empty & same_side
        return among_empty | ~empty if backwards else among_empty
    found = Q(**{f"{SORT_ALIAS}__{step_or_tie}": cursor.value}) & (
        Q(**{f"{SORT_ALIAS}__{step}": cursor.value}) | same_side
    )
    return found | empty if order.nullable and not backwards else found
