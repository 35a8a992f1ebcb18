"""What holds for every call, said in the API document: who calls, which versions, which refusals."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.serializers import ChoiceField

from kcrm.lib.api.problems import MEDIA_TYPE
from kcrm.lib.api.viewsets import ReadOnlyResource, Writing

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
WRITES: Final = frozenset({"create", "update", "partial_update"})
ALWAYS: Final = (400, 401, 403, 406, 422, 429, 503)
ON_WRITES: Final = (404, 409, 415)
ON_VERSIONS: Final = (412, 428)
WORDS: Final = {
    400: "Something in the call is unknown or cannot be read; `errors` says which field.",
    401: "No valid token and no session.",
    403: "The caller, or his token, may not do this.",
    404: "Not there, or not among what the caller may see.",
    406: "Only JSON is spoken here.",
    409: "The first call with this Idempotency-Key is still running.",
    410: "It was there, and is gone for good.",
    412: "Somebody saved first; `current` has the present values.",
    415: "The body's media type is not understood.",
    422: "Understood, but a rule stands against it.",
    428: "Send If-Match with the ETag of the version that you changed.",
    429: "Too many calls, or too much at once; come back after `Retry-After` seconds.",
    503: "Somebody else is working on this right now; come back after `Retry-After` seconds.",
}
PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Why a call was refused (RFC 9457).",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "For people."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; it stays the same in every language."},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
            },
        },
        "current": {"type": "object", "nullable": True, "additionalProperties": True},
    },
}
ID: Final = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
ETAG: Final = {"schema": {"type": "string"}, "description": "The version; send it back as If-Match."}
SECONDS: Final = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
IF_MATCH: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that was read.",
    "schema": {"type": "string", "example": '"7"'},
}
KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same call twice has one effect, for 48 hours.",
    "schema": {"type": "string", "maxLength": 100},
}


class Operation(AutoSchema):
    """Describes one call: what its view says, and what holds for all of them."""

    def get_request_serializer(self) -> Any:
        """What a write sends; acts on a record send nothing unless they say so."""
        return super().get_request_serializer() if self._is_write else None

    def get_response_serializers(self) -> Any:
        """A write answers with the record as it is read."""
        if isinstance(self.view, Writing) and self._is_write:
            return self.view.serializer_class
        return super().get_response_serializers()

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation with the headers and refusals that it shares with its kind."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        parameters = operation.setdefault("parameters", [])
        for parameter in parameters:
            if parameter["in"] == "path" and parameter["name"] == "id":
                parameter["schema"] = ID
        if self._takes_version:
            parameters.append(IF_MATCH)
        if self._answers_once:
            parameters.append(KEY)
        if not parameters:
            del operation["parameters"]
        self._add_refusals(operation["responses"])
        if self._has_version:
            for code in {"200", "201"} & set(operation["responses"]):
                operation["responses"][code].setdefault("headers", {})["ETag"] = ETAG
        return operation

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """A record as it is read: may be empty what may be in the table; rights and `?fields=` leave fields out."""
        model = dict(_records(ReadOnlyResource)).get(type(serializer)) if direction == "response" else None
        if model is not None:
            _allow_what_columns_allow(serializer, model)
        schema: Any = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]  # drf-spectacular tells no types there
        if model is not None:
            schema.pop("required", None)
        return schema

    @property
    def _is_write(self) -> bool:
        return getattr(self.view, "action", None) in WRITES

    @property
    def _has_version(self) -> bool:
        model = getattr(self.view, "model", None)
        is_one = "{id}" in self.path or getattr(self.view, "action", None) == "create"
        return is_one and model is not None and any(field.name == "version" for field in model._meta.concrete_fields)

    @property
    def _takes_version(self) -> bool:
        return self._has_version and self.method not in SAFE and "{id}" in self.path

    @property
    def _answers_once(self) -> bool:
        action = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        return bool(getattr(action, "answers_once", False))

    def _add_refusals(self, responses: dict[str, Any]) -> None:
        codes = {*ALWAYS, *getattr(self.view, "other_refusals", ())}
        if "{" in self.path:
            codes.add(404)
        if self.method not in SAFE:
            codes.update(ON_WRITES)
        if self._takes_version:
            codes.update(ON_VERSIONS)
        kind: Any = ResolvedComponent
        component = kind("Problem", kind.SCHEMA, PROBLEM, "Problem")
        self.registry.register_on_missing(component)
        for code in sorted(codes):
            if str(code) not in responses:
                responses[str(code)] = _refusal(code, component.ref)


def _refusal(code: int, schema: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": WORDS.get(code, HTTPStatus(code).phrase),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if code in {429, 503}:
        said["headers"] = {"Retry-After": SECONDS}
    return said


def _records(resource: type[ReadOnlyResource]) -> Iterator[tuple[Any, type[Model]]]:
    """The read serializers of all resources below one, each with its model."""
    for below in resource.__subclasses__():
        if "serializer_class" in below.__dict__ and hasattr(below, "model"):
            yield below.__dict__["serializer_class"], below.model
        yield from _records(below)


def _allow_what_columns_allow(serializer: Any, model: type[Model]) -> None:
    """Let fields that show a column be null, or without a choice, where the column may be."""
    for name, field in serializer.fields.items():
        columns = _columns(model, field.source or name)
        if any(column.null for column in columns):
            field.allow_null = True
        if columns and columns[-1].blank and isinstance(field, ChoiceField):
            field.allow_blank = True


def _columns(model: type[Model], path: str) -> list[Any]:
    """The columns on the way of a path, the last being the one it shows; none for what is no column."""
    columns: list[Any] = []
    current: Any = model
    for part in path.split("."):
        try:
            column = current._meta.get_field(part)
        except FieldDoesNotExist:
            return []
        if not column.concrete:
            return []
        columns.append(column)
        current = column.related_model
    return columns
