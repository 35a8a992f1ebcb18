"""What the foundation needs remembered, and who remembers it.

The foundation has no models: the app that keeps saved views and the audit trail names itself in the setting
`KCRM_KEEPER`, as Django's own backends do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.db.models import Model
from django.http import QueryDict
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view: a list's query under a name."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_own: bool
    delete_url: str = ""

    def asks(self, query: str) -> bool:
        """Whether this is the same query, in whatever order it is written."""
        return sorted(QueryDict(self.query).lists()) == sorted(QueryDict(query).lists())


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer that an API call with an idempotency key got: `digest` names the call's body."""

    digest: str
    status: int
    headers: dict[str, str]
    body: Any


class Keeper(Protocol):
    """Keeps saved views, the record of what was carried away, who changed what, and answers to repeated calls."""

    def saved_views(self, user: Any, list_key: str) -> Sequence[ViewRow]:
        """The views of a list that the user may open, by name."""

    def save_url(self, list_key: str, path: str) -> str:
        """Where a new view of this list is posted; `path` is the list's own address, to return to."""

    def record_export(
        self, *, by: Any, key: str, title: str, columns: Sequence[str], filters: str, count: int, digest: str, form: str
    ) -> None:
        """Write an export into the audit trail."""

    def exported_today(self, token: Any) -> int:
        """How many rows an API token has carried away since midnight."""

    def last_change(self, subject: Model) -> tuple[str, datetime] | None:
        """Who changed the record last and when; None where nobody is known."""

    def kept_answer(self, user: Any, key: str) -> KeptAnswer | None:
        """The answer that the user's call with this key got within the last 48 hours."""

    def keep_answer(self, user: Any, key: str, digest: str, status: int, headers: dict[str, str], body: Any) -> None:
        """Keep an answer in the present transaction."""


@cache
def keeper() -> Keeper:
    """The keeper that the settings name."""
    return cast(Keeper, import_string(settings.KCRM_KEEPER)())
