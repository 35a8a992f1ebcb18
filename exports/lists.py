"""The list of exports."""

from __future__ import annotations

from typing import Any, Final

from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext_lazy

from exports.filters import ExportRequestFilter
from exports.models import ExportRequest
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec

CSS: Final = {"waiting": "tag-warn", "approved": "tag-good", "refused": "tag-bad"}


def _state(row: Any) -> Cell:
    label = ExportRequest.State(row.state).label
    return Cell(format_html('<span class="tag {}">{}</span>', CSS[row.state], label))


EXPORTS: Final = ListSpec(
    key="exports",
    title=gettext_lazy("Exports"),
    columns=(
        Column("title", gettext_lazy("List"), sort=None),
        Column("state", gettext_lazy("State"), choices=dict(ExportRequest.State.choices), render=_state, sort=None),
        Column("row_count", gettext_lazy("Rows"), kind=Kind.NUMBER, sort=None),
        Column("form", gettext_lazy("Form"), sort=None),
        Column("person", gettext_lazy("Asked by"), value="requested_by__full_name", sort=None),
        Column("requested_at", gettext_lazy("Asked at"), kind=Kind.MOMENT),
        Column("decider", gettext_lazy("Decided by"), value="decided_by__full_name", sort=None),
    ),
    queryset=lambda user: ExportRequest.objects.visible_to(user),
    default_sort="-requested_at",
    filterset_class=ExportRequestFilter,
    url_name="exports:request-detail",
    noun=ngettext_lazy("%(shown)s export", "%(shown)s exports", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No large exports yet"),
        text=gettext_lazy("Exports that need approval or that take long appear here. Others leave from their list."),
    ),
)
