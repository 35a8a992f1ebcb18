"""Pages of a resource: keyset cursors, a capped count, rows as plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request

from kcrm.lib.tables.keyset import SORT_ALIAS, Cursor, Order, window
from kcrm.lib.tables.rows import COUNT_ALIAS, COUNT_CAP, CappedCount, capped_count, narrowed

DEFAULT_SIZE: Final = 50
LARGEST: Final = 200
RESERVED: Final = frozenset({"fields", "ordering", "page_size", "after", "before", "format", "changed_since"})


@dataclass(frozen=True)
class PageRequest:
    """What a call asks for: how many rows, from which place on."""

    size: int
    place: str
    cursor: str

    @classmethod
    def read(cls, request: Request) -> PageRequest:
        """Read the query. Raises ParseError for a size that is no number from 1 to 200, or two places at once."""
        text = request.query_params.get("page_size", str(DEFAULT_SIZE))
        if not text.isdecimal() or not 1 <= int(text) <= LARGEST:
            raise ParseError(_("page_size must be a number from 1 to %(largest)s.") % {"largest": LARGEST})
        after, before = request.query_params.get("after", ""), request.query_params.get("before", "")
        if after and before:
            raise ParseError(_("Send either after or before, not both."))
        return cls(int(text), "after" if after else "before" if before else "", after or before)


def page_of(
    request: Request,
    visible: QuerySet[Any],
    filtered: QuerySet[Any],
    order: Order,
    columns: Mapping[str, str],
    *,
    is_filtered: bool,
) -> dict[str, Any]:
    """{count, next, previous, results}: `columns` maps ORM paths to the names they get in the results.

    `count` is exact up to 10,000; beyond, `count_is_capped` says that there are more.
    """
    asked = PageRequest.read(request)
    # counting first costs little, and tells whether to find the rows and sort them or to follow the order
    count = capped_count(filtered) if is_filtered else None
    rows = visible if count is None else narrowed(visible, filtered, count)
    ordered = order.annotate(rows)
    at = Cursor.decode(asked.cursor, order, ordered) if asked.place else None
    extra = {} if count is not None else {COUNT_ALIAS: CappedCount(visible)}
    values = ordered.annotate(**extra).values(*columns, "pk", SORT_ALIAS, *extra)
    found = list(window(values, order, at, backwards=asked.place == "before", size=asked.size + 1))
    if count is None:
        count = found[0][COUNT_ALIAS] if found else capped_count(visible) if asked.place else 0
    more = len(found) > asked.size
    found = found[: asked.size]
    backwards = asked.place == "before"
    if backwards:
        found.reverse()
    after = more or backwards
    before = (more and backwards) or asked.place == "after"
    answer: dict[str, Any] = {
        "count": min(count, COUNT_CAP),
        "next": _link(request, "after", found[-1], order) if found and after else None,
        "previous": _link(request, "before", found[0], order) if found and before else None,
        "results": found,
    }
    if count > COUNT_CAP:
        answer["count_is_capped"] = True
    return answer


def _link(request: Request, place: str, row: dict[str, Any], order: Order) -> str:
    query = request.query_params.copy()
    query.pop("after", None)
    query.pop("before", None)
    query[place] = Cursor(row[SORT_ALIAS], row["pk"]).encode(order)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


class KeysetPagination(BasePagination):
    """Describes the pages that `page_of` makes to the API document."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape of a page."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "Exact up to 10,000."},
                "count_is_capped": {"type": "boolean", "description": "There are more than 10,000."},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The query keys that every list knows."""
        text = {"type": "string"}
        orders = sorted(sign + name for name in view.orderings for sign in ("", "-"))
        return [
            {"name": "page_size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST}},
            {"name": "after", "in": "query", "schema": text, "description": "Cursor from the `next` link."},
            {"name": "before", "in": "query", "schema": text, "description": "Cursor from the `previous` link."},
            {"name": "ordering", "in": "query", "schema": {"type": "string", "enum": orders}},
            *_changed_since(view),
            {"name": "fields", "in": "query", "schema": text, "description": "Only these fields, comma-separated."},
        ]


def _changed_since(view: Any) -> list[dict[str, Any]]:
    """The key for what has a moment of its last change."""
    if not any(field.name == "updated_at" for field in view.model._meta.fields):
        return []
    words = "Only rows that were made or changed at this moment or later."
    schema = {"type": "string", "format": "date-time"}
    return [{"name": "changed_since", "in": "query", "schema": schema, "description": words}]
