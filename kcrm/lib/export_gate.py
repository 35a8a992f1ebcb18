"""Who stands between a list and its file: the app that the setting `KCRM_EXPORT_GATE` names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string


class ExportGate(Protocol):
    """Sends those who want much, or what takes long, another way."""

    def detour(self, query: Any, rows: Callable[[], QuerySet[Any]], *, by: Any) -> str:
        """Where a person is sent instead of getting the file of a list's query at once; empty where he gets it."""

    def must_ask(self, rows: QuerySet[Any], *, by: Any) -> bool:
        """Whether a second person decides before these rows leave."""


@cache
def export_gate() -> ExportGate:
    """The gate that the settings name."""
    return cast(ExportGate, import_string(settings.KCRM_EXPORT_GATE)())
