"""Acts on one record: the buttons of its page as calls that all behave alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from kcrm.lib.access import Verb
from kcrm.lib.api.conditions import if_match
from kcrm.lib.api.idempotency import answer_once


def given(body: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body's values. Raises ValidationError."""
    serializer = body(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def act(
    body: type[Serializer[Any]] | None = None,
    *,
    verb: Verb = Verb.UPDATE,
    resource: str = "",
    path: str | None = None,
    answers: Any = None,
    status: int = 200,
    versioned: bool = True,
) -> Callable[[Callable[..., Any]], Any]:
    """Make a method `(self, pk, version, values)` that calls one service a `POST .../{id}/<name>/`.

    A record out of sight is 404 before anything else is looked at. A versioned act needs If-Match; `version` is None
    for the others. `resource` is the row of the access matrix where it is not that of the view. The answer is the
    record as it is then, or what the method returns, described by `answers`.
    """

    def decorate(method: Callable[..., Any]) -> Any:
        @wraps(method)
        def call(view: Any, request: Request, pk: str) -> Response:
            key = int(pk)
            view.row(key)
            version = if_match(request) if versioned else None
            values = given(body, request) if body else {}
            result = method(view, key, version, values)
            return result if isinstance(result, Response) else view.answer_with(key, status)

        call.verb, call.resource = verb, resource  # type: ignore[attr-defined]  # read by `ReadOnlyResource.initial`
        responses = {status: answers} if answers is not None else None
        described = extend_schema(request=body, responses=responses) if responses else extend_schema(request=body)
        return described(action(detail=True, methods=["post"], url_path=path)(answer_once(call)))

    return decorate
