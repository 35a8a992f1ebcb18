"""The three answers a rule can give: it is not there, it is not allowed, or a sentence says what to change.

The first is Django's `Http404` or `Model.DoesNotExist`, the second `PermissionDenied`; the third is `DomainError`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied


class DomainError(Exception):
    """A sentence for the user: what is wrong and what to do.

    `field` names the input it belongs to (None for the whole form); `code` is stable for programs.
    """

    def __init__(self, message: Any, *, field: str | None = None, code: str = "invalid") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class StaleVersion(DomainError):
    """Somebody saved first: carries the row as it is now, so that a page can show both versions."""

    def __init__(self, message: Any, *, current: Any) -> None:
        super().__init__(message, code="stale_version")
        self.current = current


class TooMuchAtOnce(DomainError):
    """Somebody has as much under way as one person may; it helps to wait. The REST door answers 429."""

    retry_after = 10


class NotAllowed(PermissionDenied):
    """Seen, but not allowed: the resource and verb of the access matrix, so that a page can say who could."""

    def __init__(self, resource: str, verb: str) -> None:
        super().__init__(f"{resource} {verb}")
        self.resource = resource
        self.verb = verb


class BadQuery(BadRequest):
    """An address or form that asks for something this page does not know; its sentence may be shown. Answered 400."""
