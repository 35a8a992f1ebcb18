"""All rows of a resource in one call, as NDJSON or CSV: the same rows, filters and fields as the list, no pages."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from kcrm.lib.access import Verb, token_allows
from kcrm.lib.api.rendering import dumps
from kcrm.lib.api.viewsets import ReadOnlyResource
from kcrm.lib.errors import DomainError, TooMuchAtOnce
from kcrm.lib.export import quoted
from kcrm.lib.export_gate import export_gate
from kcrm.lib.keeper import keeper
from kcrm.lib.limits import take_place

CHUNK: Final = 2_000
IN_MEMORY: Final = 4 * 1024 * 1024
ROWS_A_DAY: Final = 10_000
TYPES: Final = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class TooManyRows(TooMuchAtOnce):
    """A token that has carried away as many rows as it may in a day."""

    retry_after = 3_600


class ExportRows(ReadOnlyResource):
    """A resource whose rows can be carried away in one call by who has the right of export on them.

    Subclasses answer `exportable_rows`, which narrows visible rows to those, or raises PermissionDenied.
    """

    def exportable_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that the caller may carry away."""
        raise NotImplementedError

    @extend_schema(
        parameters=[OpenApiParameter("form", str, "path", enum=list(TYPES))],
        responses={(200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in TYPES.values()},
    )
    @action(detail=False, methods=["get"], url_path="export/(?P<form>ndjson|csv)", pagination_class=None)
    def export(self, request: Request, form: str) -> HttpResponseBase:
        """Every row that passes the filters, in the order asked for; written to the audit trail.

        A token needs `exports:read` and carries away up to 10,000 rows a day. Two exports at once.
        """
        token = getattr(request.user, "api_token", None)
        if token is not None and not token_allows("export_job", Verb.CREATE, token.scopes):
            raise PermissionDenied(_("The token's scopes do not cover this call."))
        with transaction.atomic():
            take_place("export", request.user.pk)
            visible = self.projected(self.visible_rows())
            filtered, _is_filtered = self.filtered(visible)
            rows = self.exportable_rows(filtered)
            if token is None and export_gate().must_ask(rows, by=request.user):
                raise DomainError(
                    _("So many rows leave with the approval of a director. Ask for them from their list."),
                    code="needs_approval",
                )
            left = ROWS_A_DAY - keeper().exported_today(token) if token is not None else None
            return self._sent(request, rows, form, left)

    def _sent(self, request: Request, rows: QuerySet[Any], form: str, left: int | None) -> HttpResponseBase:
        file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
        digest, count = hashlib.sha256(), 0
        for line in self._lines(rows, form):
            file.write(line)
            digest.update(line)
            count += 1
            if left is not None and count - (form == "csv") > left:
                file.close()
                raise TooManyRows(
                    _("A token carries away up to 10,000 rows a day. Narrow the filters, or come back tomorrow."),
                    code="too_many_rows",
                )
        count -= form == "csv"  # the first line is the heading
        keeper().record_export(
            by=request.user,
            key=self.access_resource,
            title=self.basename or "",
            columns=list(self.read_fields),
            filters=request.query_params.urlencode(),
            count=count,
            digest=digest.hexdigest(),
            form=form,
        )
        file.seek(0)
        name = f"{self.basename}-{timezone.localdate().isoformat()}.{form}"
        answer = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[form])
        answer["X-Row-Count"] = str(count)
        return answer

    def _lines(self, rows: QuerySet[Any], form: str) -> Iterator[bytes]:
        order = self.order(rows)
        paths = dict.fromkeys([path for path, _convert in self.read_fields.values()] + list(self.row_needs))
        found = order.annotate(rows).order_by(*order.terms()).values(*paths, "pk").iterator(chunk_size=CHUNK)
        if form == "ndjson":
            for row in found:
                yield dumps(self.plain(row)) + b"\n"
            return
        names = list(self.read_fields)
        yield _csv_line(names)
        for row in found:
            plain = self.plain(row)
            yield _csv_line([_cell(plain.get(name)) for name in names])


def _cell(value: Any) -> Any:
    """A value as a cell: lists and objects as JSON, texts that a spreadsheet would run quoted."""
    if isinstance(value, list | dict | tuple):
        return quoted(dumps(value).decode())
    with suppress(TypeError):
        return quoted(value)
    return quoted(str(value))


def _csv_line(cells: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
