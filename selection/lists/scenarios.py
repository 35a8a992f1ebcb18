"""The list of scenarios."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.querysets import visible_customers
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.tables import BulkAction, Column, EmptyState, Kind, ListSpec
from selection.models import Scenario, ScenarioMove
from selection.permissions import can_read_scenarios


class ScenarioFilter(StrictFilterSet):
    """Scenarios by name."""

    q = django_filters.CharFilter(label=_("Find a scenario"), field_name="name", lookup_expr="icontains")


def scenarios_seen_by(user: Any) -> QuerySet[Scenario]:
    """Scenarios with `move_count`: the moves of customers that this person sees."""
    seen = ScenarioMove.objects.filter(customer__in=visible_customers(user, "score").order_by())
    rows: QuerySet[Scenario] = Scenario.objects.visible_to(user)
    return rows.annotate(move_count=Count("moves", filter=Q(moves__in=seen)))


SCENARIOS = ListSpec(
    key="scenarios",
    title=_("Scenarios"),
    columns=(
        Column("name", _("Name")),
        Column("owner", _("Owner"), value="owner__full_name"),
        Column("moves", _("Customers moved"), value="move_count", kind=Kind.NUMBER),
        Column("snapshot", _("Thought through on"), value="snapshot__name"),
        Column("updated_at", _("Changed at"), kind=Kind.MOMENT),
        Column("note", _("Note"), default=False),
    ),
    queryset=scenarios_seen_by,
    default_sort="-updated_at",
    filterset_class=ScenarioFilter,
    url_name="selection:scenario-detail",
    noun=ngettext_lazy("%(shown)s scenario", "%(shown)s scenarios", "count"),
    bulk_actions=(BulkAction("compare", _("Compare"), "selection:scenario-compare", icon="columns-3"),),
    exportable=lambda user, rows: rows,
    may_export=can_read_scenarios,
    empty=EmptyState(
        heading=_("No scenarios yet"),
        text=_("Move customers on the KAISM matrix, see what it would do, and keep it under a name."),
        action_label=_("To the matrix"),
        action_url_name="selection:matrix",
    ),
)
