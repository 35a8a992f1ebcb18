"""The list of one's bulk edits."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy, ngettext_lazy

from bulk.models import BulkEdit
from bulk.registry import all_bulk_lists
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec


def _list(row: Any) -> Cell:
    titles = {known.key: str(known.title) for known in all_bulk_lists()}
    return Cell(titles.get(row.list_key, row.list_key))


EDITS: Final = ListSpec(
    key="bulk-edits",
    title=gettext_lazy("Bulk edits"),
    columns=(
        Column("list_key", gettext_lazy("List"), render=_list, sort=None),
        Column("state", gettext_lazy("State"), choices=dict(BulkEdit.State.choices), sort=None),
        Column("created_at", gettext_lazy("Chosen at"), kind=Kind.MOMENT),
        Column("count", gettext_lazy("Rows"), kind=Kind.NUMBER),
        Column("changed", gettext_lazy("Changed"), kind=Kind.NUMBER),
        Column("refused", gettext_lazy("Left as they are"), kind=Kind.NUMBER),
        Column("undone", gettext_lazy("Taken back"), kind=Kind.NUMBER),
    ),
    queryset=lambda user: BulkEdit.objects.visible_to(user),
    default_sort="-created_at",
    url_name="bulk:edit-detail",
    noun=ngettext_lazy("%(shown)s bulk edit", "%(shown)s bulk edits", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nothing was changed in bulk yet"),
        text=gettext_lazy("Tick rows in a list of customers, contacts, tasks or products, and choose “Edit”."),
    ),
)
