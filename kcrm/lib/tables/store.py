"""What lists need remembered, and who remembers it.

The foundation has no models: the app that keeps saved views and the audit trail names itself in the setting
`KCRM_LIST_STORE`, as Django's own backends do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kcrm.lib.tables.state import same_query


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
        """Whether the list is in this state now."""
        return same_query(self.query, query)


class ListStore(Protocol):
    """Keeps saved views, and the record of what was carried away."""

    def saved_views(self, user: Any, list_key: str) -> Sequence[ViewRow]:
        """The views of a list that the user may open, by name."""

    def save_url(self, list_key: str, path: str) -> str:
        """Where a new view of this list is posted; `path` is the list's own address, to return to."""

    def record_export(
        self, *, by: Any, key: str, title: str, columns: Sequence[str], filters: str, count: int, digest: str, form: str
    ) -> None:
        """Write the export into the audit trail."""


@cache
def list_store() -> ListStore:
    """The store that the settings name."""
    return import_string(settings.KCRM_LIST_STORE)()
