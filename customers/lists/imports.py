"""The list of imports."""

from __future__ import annotations

from typing import Any, Final

from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.filters.imports import ImportBatchFilter
from customers.models import ImportBatch
from kcrm.lib.imports import all_importables
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec

CSS: Final = {"done": "tag-good", "failed": "tag-bad", "undone": "tag-warn", "running": "tag-accent"}
STATES: Final = dict(ImportBatch.State.choices)


def _what(row: Any) -> Cell:
    labels = {thing.key: str(thing.label) for thing in all_importables()}
    return Cell(row.file_name or labels.get(row.importable, row.importable), sub=labels.get(row.importable, ""))


def _state(row: Any) -> Cell:
    return Cell(format_html('<span class="tag {}">{}</span>', CSS.get(row.state, ""), STATES.get(row.state, row.state)))


IMPORTS = ListSpec(
    key="imports",
    title=gettext_lazy("Imports"),
    columns=(
        Column("file", gettext_lazy("File"), value="file_name", needs=("file_name", "importable"), render=_what),
        Column("state", gettext_lazy("State"), render=_state),
        Column("source", gettext_lazy("From the system")),
        Column("created_by", gettext_lazy("Brought in by"), value="created_by__full_name"),
        Column("created_at", gettext_lazy("Arrived"), kind=Kind.MOMENT),
        Column("created", gettext_lazy("New"), kind=Kind.NUMBER),
        Column("updated", gettext_lazy("Changed"), kind=Kind.NUMBER),
        Column("unchanged", gettext_lazy("Unchanged"), kind=Kind.NUMBER, default=False),
        Column("rejected", gettext_lazy("Refused"), kind=Kind.NUMBER),
    ),
    queryset=lambda user: ImportBatch.objects.visible_to(user),
    default_sort="-created_at",
    filterset_class=ImportBatchFilter,
    url_name="imports:import-detail",
    noun=ngettext_lazy("%(shown)s import", "%(shown)s imports", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nothing was brought in yet"),
        text=gettext_lazy(
            "Bring customers, contacts, teams, products and sales in from a spreadsheet or another system. "
            "You see what would happen before it does, and can take it back."
        ),
        action_label=gettext_lazy("Bring a file in"),
        action_url_name="imports:import-create",
    ),
)
