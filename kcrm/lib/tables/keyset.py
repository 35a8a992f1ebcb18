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

    def terms(self) -> list[OrderBy]:
        """ORDER BY terms for all annotated rows. PostgreSQL's own place for NULL is named only where it differs."""
        last = True if self.nullable and self.descending else None
        value = OrderBy(F(SORT_ALIAS), descending=self.descending, nulls_last=last)
        return [value, OrderBy(F("pk"), descending=self.descending)]


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


def window(rows: QuerySet[Any], order: Order, at: Cursor | None, *, backwards: bool, size: int) -> QuerySet[Any]:
    """`size` rows of an annotated `values()` query beyond the cursor, or from the beginning, in the order of walking.

    Rows without a value stand last and are read only where those with one do not fill the window: each part of the
    statement can then follow an index of the value, which no index does for both together.
    """
    parts = [rows.filter(condition).order_by(*terms)[:size] for condition, terms in _parts(order, at, backwards)]
    return parts[0].union(*parts[1:], all=True)[:size] if len(parts) > 1 else parts[0]


def _parts(order: Order, at: Cursor | None, backwards: bool) -> list[tuple[Q, list[OrderBy]]]:
    """Condition and order of the parts of a window. An order that knows no empty values has one part."""
    descending = order.descending != backwards
    key = OrderBy(F("pk"), descending=descending)
    terms = [OrderBy(F(SORT_ALIAS), descending=descending), key]
    step = "lt" if descending else "gt"
    same_side = Q(**{f"pk__{step}": at.pk}) if at else Q()
    further = Q()
    if at and at.value is not None:
        # the first half is an index condition, the second sorts out ties
        further = Q(**{f"{SORT_ALIAS}__{step}e": at.value}) & (Q(**{f"{SORT_ALIAS}__{step}": at.value}) | same_side)
    if not order.nullable:
        return [(further, terms)]
    empty, filled = Q(**{f"{SORT_ALIAS}__isnull": True}), Q(**{f"{SORT_ALIAS}__isnull": False})
    if at and at.value is None:
        here = (empty & same_side, [key])
        return [here, (filled, terms)] if backwards else [here]
    here = (filled & further, terms)
    return [here] if backwards else [here, (empty, [key])]
