"""Stands between a list and its file: what is large is asked for, what is slow is written as a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from exports import permissions
from kcrm.lib.tables.page import Query


class Gate:
    """The gate that the setting `KCRM_EXPORT_GATE` names."""

    def detour(self, query: Query, rows: Callable[[], QuerySet[Any]], *, by: Any) -> str:
        """Where a person is sent instead of getting the file at once; empty where he gets it."""
        form = query.state.export
        if permissions.needs_no_approval(by) and form != "xlsx":
            return ""
        count = counted(rows())
        if not needs_approval(count, by) and not is_slow(count, form):
            return ""
        asked = query.state.url(export=form)
        return f"{reverse('exports:request-create')}?{urlencode({'list': asked})}"

    def must_ask(self, rows: QuerySet[Any], *, by: Any) -> bool:
        """Whether a director decides before these rows leave."""
        return not permissions.needs_no_approval(by) and needs_approval(counted(rows), by)


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are, as far as a rule asks."""
    most = max(settings.KCRM_EXPORT_APPROVAL_ROWS, settings.KCRM_EXPORT_JOB_ROWS)
    return rows.order_by().values("pk")[: most + 1].count()


def needs_approval(count: int, by: Any) -> bool:
    """Whether a second person decides about so many rows."""
    return count > settings.KCRM_EXPORT_APPROVAL_ROWS and not permissions.needs_no_approval(by)


def is_slow(count: int, form: str) -> bool:
    """Whether a file of this form is written as a job: workbooks take a second for every 10,000 rows."""
    return form == "xlsx" and count > settings.KCRM_EXPORT_JOB_ROWS
