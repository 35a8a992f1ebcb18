"""A repeated unsafe call does nothing twice: the answer is kept with the change it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.api.problems import InFlight, KeyReused
from kcrm.lib.api.rendering import dumps
from kcrm.lib.keeper import keeper

KEPT_HEADERS: Final = ("ETag", "Location")


def _number(user_id: int, key: str) -> int:
    digest = hashlib.sha256(f"{user_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _sent(data: Any) -> bytes:
    """The body as bytes that are equal for equal calls; a file counts by its content."""
    parts = data.items() if isinstance(data, dict) else ()
    files = {name: _content(value) for name, value in parts if hasattr(value, "chunks")}
    if not files:
        return dumps(data)
    return dumps({name: data.getlist(name) for name in data if name not in files} | files)


def _content(file: Any) -> list[str]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [str(file.name), digest.hexdigest()]


def answer_once(method: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view method honour `Idempotency-Key` for 48 hours.

    Same key and body: the first answer. Same key, other body: 422. First call still running: 409. The answer is stored
    in the transaction of the change; a call that failed is not kept and may be tried again.
    """

    @wraps(method)
    def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return method(view, request, *args, **kwargs)
        if len(key) > 100:
            raise ParseError(_("Idempotency-Key must not be longer than 100 characters."))
        body = b"\0".join((str(request.method).encode(), request.get_full_path().encode(), _sent(request.data)))
        digest = hashlib.sha256(body).hexdigest()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(request.user.pk, key)])
                if not cursor.fetchone()[0]:
                    raise InFlight(_("The first call with this Idempotency-Key is still running."))
            kept = keeper().kept_answer(request.user, key)
            if kept is not None:
                if kept.digest != digest:
                    raise KeyReused(_("This Idempotency-Key was used with another request."))
                return Response(kept.body, status=kept.status, headers=kept.headers | {"Idempotent-Replay": "true"})
            response = method(view, request, *args, **kwargs)
            headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
            keeper().keep_answer(request.user, key, digest, response.status_code, headers, response.data)
            return response

    wrapper.answers_once = True  # type: ignore[attr-defined]  # the API document says so
    return wrapper
