"""Ledger documents, lines and twelve-month figures through the REST door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any, ClassVar, Final

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.api.resources import ExportRows, ReadOnlyResource, UnitsField
from kcrm.lib.limits import at_once
from profitability import permissions
from profitability.filters import LedgerDocumentFilter, LedgerLineFilter, SalesSummaryFilter
from profitability.models import LedgerDocument, LedgerLine, SalesSummary
from profitability.selectors.sales import line_totals
from profitability.serializers import (
    LedgerDocumentSerializer,
    LedgerLineSerializer,
    LedgerRowSerializer,
    LineTotalsSerializer,
    LoadResultSerializer,
    SalesSummarySerializer,
)
from profitability.services.ledger import LoadResult, Sums, load_ledger

LARGEST_CALL: Final = 50_000
LONGEST_LINE: Final = 32_768


class NdjsonParser(BaseParser):
    """Reads one JSON object a line as the body arrives; nothing is kept but the line at hand."""

    media_type = "application/x-ndjson"

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> Iterator[dict[str, Any]]:
        """The objects. Raises ParseError naming the line that is none."""
        return _objects(stream)


def _objects(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        if not line.strip():
            continue
        number += 1
        if number > LARGEST_CALL:
            raise ParseError(_("Send at most %(largest)s lines a call.") % {"largest": LARGEST_CALL})
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError
            row = orjson.loads(line)
        except ValueError:
            raise ParseError(_("Line %(number)s is not JSON.") % {"number": number}) from None
        if not isinstance(row, dict) or any(isinstance(value, dict | list) for value in row.values()):
            raise ParseError(_("Line %(number)s is not an object of plain values.") % {"number": number})
        yield row


class LedgerDocumentResource(ReadOnlyResource):
    """Invoices and credit notes."""

    model = LedgerDocument
    access_resource = "sales_facts"
    serializer_class = LedgerDocumentSerializer
    filterset_class = LedgerDocumentFilter
    orderings: ClassVar = {"id": "pk", "posted_on": "posted_on", "document_on": "document_on", "number": "number"}
    default_ordering = "-posted_on"

    def visible_rows(self) -> QuerySet[Any]:
        """Documents of the customers whose sales the caller sees."""
        return LedgerDocument.objects.visible_to(self.request.user)


class LedgerLineResource(ExportRows):
    """Ledger lines: read, summed, loaded."""

    model = LedgerLine
    access_resource = "sales_facts"
    serializer_class = LedgerLineSerializer
    filterset_class = LedgerLineFilter
    field_classes: ClassVar = {"cost": "F2"}
    orderings: ClassVar = {"id": "pk", "posted_on": "posted_on", "net": "net_units", "cost": "cost_units"}
    default_ordering = "-posted_on"

    def visible_rows(self) -> QuerySet[Any]:
        """Lines of the customers whose sales the caller sees."""
        return LedgerLine.objects.visible_to(self.request.user)

    def exportable_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Lines of the customers whose sales the caller carries away; a token carries none."""
        return rows.exportable_by(self.request.user)

    def allowed_classes(self) -> frozenset[str]:
        """Costs are there for those who may read them on every line they see."""
        return permissions.readable_classes_everywhere(self.request.user)

    @extend_schema(responses=LineTotalsSerializer)
    @action(detail=False, methods=["get"], pagination_class=None)
    def totals(self, request: Request) -> Response:
        """What the lines that pass the filters add up to."""
        lines, _is_filtered = self.filtered(self.visible_rows())
        with_costs = "F2" in self.allowed_classes()
        found = line_totals(lines, with_costs=with_costs)
        answer: dict[str, Any] = {
            "currency": settings.KCRM_REPORTING_CURRENCY,
            "lines": found.lines,
            "documents": found.documents,
            "gross": UnitsField.plain(found.gross_units),
            "discount": UnitsField.plain(found.discount_units),
            "net": UnitsField.plain(found.net_units),
            "freight": UnitsField.plain(found.freight_units),
        }
        if with_costs:
            answer |= {"cost": UnitsField.plain(found.cost_units), "cm1": UnitsField.plain(found.cm1_units)}
        return Response(answer)

    @extend_schema(
        request={"application/x-ndjson": LedgerRowSerializer},
        parameters=[
            OpenApiParameter("source", str, required=True, description="The system that the lines come from."),
            OpenApiParameter("name", str, description="What the delivery is called."),
        ],
        responses=LoadResultSerializer,
    )
    @action(detail=False, methods=["post"], parser_classes=[NdjsonParser], filterset_class=None)
    @at_once("import")
    def bulk(self, request: Request) -> Response:
        """Add and correct up to 50,000 lines, one JSON object a line; each line once, however often it is sent.

        The whole call is one transaction; refused rows are named and hold up no other.
        """
        result = load_ledger(
            request.data,
            source=request.query_params.get("source", ""),
            name=request.query_params.get("name", ""),
            by=request.user,
            chunk_size=LARGEST_CALL,
        )
        return Response(load_answer(result))


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "lines": sums.lines,
        "gross": UnitsField.plain(sums.gross_units),
        "discount": UnitsField.plain(sums.discount_units),
        "net": UnitsField.plain(sums.net_units),
    }


def load_answer(result: LoadResult) -> dict[str, Any]:
    """The result of a load as JSON; rows are counted from 1."""
    return {
        "load": result.load_id,
        "read": result.read,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "documents": result.documents,
        "ties": result.ties,
        "file": _sums(result.file),
        "ledger": _sums(result.ledger),
        "rejects": [asdict(reject) | {"row": reject.row - 1, "reason": reject.reason} for reject in result.rejects],
    }


class SalesSummaryResource(ReadOnlyResource):
    """Twelve-month figures of customers."""

    model = SalesSummary
    access_resource = "sales_facts"
    serializer_class = SalesSummarySerializer
    filterset_class = SalesSummaryFilter
    field_classes: ClassVar = {"cm1_12m": "F2", "cost_known_share": "F2"}
    orderings: ClassVar = {
        "id": "pk",
        "net_12m": "net_12m_units",
        "growth": "growth",
        "last_document_on": "last_document_on",
        "cm1_12m": "cm1_12m_units",
    }
    default_ordering = "-net_12m"

    def visible_rows(self) -> QuerySet[Any]:
        """Figures of the customers whose sales the caller sees."""
        return SalesSummary.objects.visible_to(self.request.user)

    def allowed_classes(self) -> frozenset[str]:
        """Contribution is there for those who may read it on every customer they see."""
        return permissions.readable_classes_everywhere(self.request.user)
