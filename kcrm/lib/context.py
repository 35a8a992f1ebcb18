"""Where the present act comes from: through which door, in which request, from which address.

A door (middleware, job runner, command) says it once; the audit trail and the logs read it. It decides nothing:
who acts is always handed to a service as `by`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Origin:
    """The door an act came through. `via` is one of page, api, job, command, import."""

    via: str = "command"
    request_id: str = ""
    address: str | None = None
    token_prefix: str = ""


_origin: Final[ContextVar[Origin]] = ContextVar("kcrm_origin", default=Origin())  # noqa: B039 - frozen, so never mutated


def current() -> Origin:
    """The origin of what is running now; outside any door it is a command."""
    return _origin.get()


@contextmanager
def origin(**values: Any) -> Iterator[Origin]:
    """Run the block under this origin; what is not named stays as it was outside."""
    token = _origin.set(replace(_origin.get(), **values))
    try:
        yield _origin.get()
    finally:
        _origin.reset(token)


def refine(**values: Any) -> None:
    """Say more about the present origin, for instance the token once it has been recognised."""
    _origin.set(replace(_origin.get(), **values))
