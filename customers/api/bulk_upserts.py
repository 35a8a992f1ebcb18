"""Many customers by their keys in another system, in one call of the REST door."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.custom_fields import CUSTOMER
from customers.serializers import bulk_upserts as shapes
from customers.services.bulk_upserts import Upserted, upsert_customers
from fields.api import check_amounts
from kcrm.lib import formats
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.problems import errors_of
from kcrm.lib.api.resources import ReadOnlyResource
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done
from kcrm.lib.limits import at_once

BULK_ROWS: Final = 1_000
STATUS: Final = {Done.REJECTED: "refused"}


class BulkUpserts(ReadOnlyResource):
    """The act of a resource of customers that takes many at once."""

    @extend_schema(
        request=shapes.CustomerUpsertSerializer(many=True),
        responses=shapes.UpsertedSerializer,
        parameters=[OpenApiParameter("all_or_none", bool, description="Keep nothing when one row is refused.")],
        filters=False,
    )
    @action(detail=False, methods=["post"], url_path="bulk-upsert", pagination_class=None)
    @answer_once
    @at_once("import")
    def bulk_upsert(self, request: Request) -> Response:
        """Create or change up to 1,000 customers by their keys in another system, each with its own outcome.

        The answer is 200 whatever became of the rows: `results` has the status of each in the order sent, and for a
        refused one its errors by field. Rows that are fine are kept. Only the fields that are sent change; with
        `version` a row is refused if somebody saved first. With `all_or_none=true` the first refused row refuses all,
        as an error whose field names it, such as `[3].country`.
        """
        self.visible_rows()  # refuses who opens no customers at all
        user: Any = request.user
        all_or_none = _flag(request, "all_or_none")
        sent = request.data
        if not isinstance(sent, list) or len(sent) > BULK_ROWS:
            count = formats.number(BULK_ROWS)
            raise serializers.ValidationError(_("Send a list of up to %(count)s customers.") % {"count": count})
        rows, refused = _understood(sent, user, all_or_none=all_or_none)
        done = {one.number: one for one in upsert_customers(rows=rows, by=user, all_or_none=all_or_none)} | refused
        results = [_told(done[number], row) for number, row in enumerate(sent)]
        counts = Counter(result["status"] for result in results)
        names = ("created", "updated", "unchanged", "refused")
        return Response({**{name: counts[name] for name in names}, "results": results})


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false").lower()
    if text not in {"true", "false", "1", "0"}:
        raise serializers.ValidationError({name: [_("Say true or false.")]})
    return text in {"true", "1"}


def _understood(
    sent: list[Any], user: Any, *, all_or_none: bool
) -> tuple[dict[int, dict[str, Any]], dict[int, Upserted]]:
    """{place: values} of the rows that are well formed, {place: what is wrong} of the others.

    With `all_or_none` the errors of all malformed rows are raised.
    """
    serializer = shapes.CustomerUpsertSerializer(partial=True)
    rows: dict[int, dict[str, Any]] = {}
    refused: dict[int, Upserted] = {}
    malformed: dict[str, Any] = {}
    for number, row in enumerate(sent):
        try:
            rows[number] = serializer.run_validation(row)
            check_amounts(CUSTOMER.key, rows[number].get("custom") or {}, user)
        except serializers.ValidationError as error:
            malformed[f"[{number}]"] = error.detail
            found = [(one["field"], one["code"], one["detail"]) for one in errors_of(error.detail)]
            refused[number] = Upserted(number, Done.REJECTED, errors=tuple(found))
        except DomainError as error:
            del rows[number]
            malformed[f"[{number}]"] = {error.field or "": [str(error)]}
            refused[number] = Upserted(number, Done.REJECTED, errors=((error.field or "", error.code, str(error)),))
    if malformed and all_or_none:
        raise serializers.ValidationError(malformed)
    return rows, refused


def _told(done: Upserted, row: Any) -> dict[str, Any]:
    given = row if isinstance(row, dict) else {}
    return {
        "index": done.number,
        "source": _text(given.get("source")),
        "value": _text(given.get("value")),
        "status": STATUS.get(done.done, str(done.done)),
        "id": done.id,
        "version": done.version,
        "errors": [{"field": field, "code": code, "detail": detail} for field, code, detail in done.errors],
    }


def _text(given: Any) -> str | None:
    return str(given)[:100] if isinstance(given, str | int) else None
