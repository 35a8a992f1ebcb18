"""Errors as RFC 9457 problem details, from one handler."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.db import DataError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kcrm.lib import formats
from kcrm.lib.access.words import who_may
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion, TooMuchAtOnce

MEDIA_TYPE: Final = "application/problem+json"
RETRYABLE_STATES: Final = {"40001", "40P01", "55P03", "57014"}  # serialization, deadlock, lock, statement timeout


class PreconditionRequired(exceptions.APIException):
    """A write that does not say which version it was made from."""

    status_code = 428
    default_code = "if_match_required"


class InFlight(exceptions.APIException):
    """The same call is being answered at this moment."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "in_flight"


class KeyReused(exceptions.APIException):
    """An idempotency key that came with another body before."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"


def _problem(code: str, number: int, title: str, *, detail: str = "", headers: Any = None, **more: Any) -> Response:
    body = {"type": "about:blank", "title": title, "status": number, "code": code}
    if detail:
        body["detail"] = detail
    answer = Response(body | more, status=number, headers=headers)
    answer.content_type = MEDIA_TYPE
    return answer


def errors_of(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail as a flat list of field, code and sentence."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in errors_of(value, f"{path}.{key}" if path else str(key))]
    if isinstance(detail, list):
        nested = any(isinstance(value, dict | list) for value in detail)
        return [
            row
            for index, value in enumerate(detail)
            for row in errors_of(value, f"{path}[{index}]" if nested and value else path)
        ]
    field = path.removesuffix(".non_field_errors").removesuffix("non_field_errors")
    return [{"field": field, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]


def _remember_denial(request: Any, error: PermissionDenied) -> None:
    """Hand the refusal to the middleware that writes it into the audit trail: Django never sees it as an exception."""
    if request is not None:
        request._request.kcrm_denial = error


def _reason(error: PermissionDenied) -> str:
    """Who may, where the access matrix knows; otherwise the sentence that came with the refusal."""
    if isinstance(error, NotAllowed):
        who = who_may(error.resource, error.verb)
        return _("That is for %(who)s.") % {"who": formats.listing(who)} if who else ""
    return str(error)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error, None for those nobody foresaw (a 500 that shows an id only)."""
    set_rollback()
    if isinstance(error, StaleVersion):
        view = context.get("view")
        current = view.current_values(error.current) if hasattr(view, "current_values") else None
        return _problem(error.code, 412, _("Somebody saved first"), detail=str(error), current=current)
    if isinstance(error, DomainError):
        errors = [{"field": error.field or "", "code": error.code, "detail": str(error)}]
        if isinstance(error, TooMuchAtOnce):
            return _problem(error.code, 429, str(error), headers={"Retry-After": f"{error.retry_after}"})
        return _problem(error.code, 422, _("This cannot be done"), detail=str(error), errors=errors)
    if isinstance(error, ObjectDoesNotExist | Http404 | exceptions.NotFound):
        return _problem("not_found", 404, _("Not found"))
    if isinstance(error, PermissionDenied):
        _remember_denial(context.get("request"), error)
        return _problem("not_allowed", 403, _("Not allowed"), detail=_reason(error))
    if isinstance(error, BadRequest):
        return _problem("bad_request", 400, _("The request cannot be read"), detail=str(error))
    if isinstance(error, exceptions.ValidationError):
        return _problem("invalid", 400, _("Some values need a change"), errors=errors_of(error.detail))
    if isinstance(error, exceptions.APIException):
        headers = {}
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = f"{int(wait) + 1}"
        code = getattr(error.detail, "code", error.default_code)
        return _problem(code, error.status_code, str(error.detail), headers=headers)
    if isinstance(error, DataError):
        title = _("The request cannot be read")
        return _problem("out_of_range", 400, title, detail=_("A value is longer or larger than can be stored."))
    if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", None) in RETRYABLE_STATES:
        title = _("Somebody else is working on this right now. Try again in a moment.")
        return _problem("busy", 503, title, headers={"Retry-After": "2"})
    return None
