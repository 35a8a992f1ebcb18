"""The list of selection projects."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from kcrm.lib import formats
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from selection.calculations.project_steps import ORDER
from selection.models import SelectionProject
from selection.selectors.projects import projects_seen_by


class ProjectFilter(StrictFilterSet):
    """Projects by state and name."""

    q = django_filters.CharFilter(label=gettext_lazy("Find a project"), field_name="name", lookup_expr="icontains")
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=SelectionProject.State.choices)


def _gates(row: Any) -> str:
    return _("%(passed)s of %(all)s") % {"passed": formats.number(row.passed), "all": formats.number(len(ORDER))}


def _waivers(row: Any) -> Cell:
    return Cell(formats.number(row.waivers), css="warn" if row.waivers else "")


PROJECTS = ListSpec(
    key="selection-projects",
    title=gettext_lazy("Selection projects"),
    columns=(
        Column("name", gettext_lazy("Name")),
        Column("state", gettext_lazy("State"), choices=dict(SelectionProject.State.choices)),
        Column("passed", gettext_lazy("Gates passed"), value="passed_count", render=_gates, numeric=True),
        Column("waivers", gettext_lazy("With open conditions"), value="waiver_count", render=_waivers, numeric=True),
        Column("next_due", gettext_lazy("Next step due"), kind=Kind.DATE),
        Column("starts_on", gettext_lazy("Starts on"), kind=Kind.DATE),
        Column("recheck_on", gettext_lazy("Re-check on"), kind=Kind.DATE),
        Column("leader", gettext_lazy("Run by"), value="leader__full_name"),
        Column("sponsor", gettext_lazy("Sponsor"), value="sponsor__full_name", default=False),
    ),
    queryset=projects_seen_by,
    default_sort="-starts_on",
    filterset_class=ProjectFilter,
    url_name="selection:project-detail",
    noun=ngettext_lazy("%(shown)s project", "%(shown)s projects", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No selection project yet"),
        text=gettext_lazy(
            "A project leads from objectives to the published decision in ten steps, each with a gate that two "
            "persons open."
        ),
    ),
)
