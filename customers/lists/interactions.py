"""The list of interactions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.filters.interactions import InteractionFilter
from customers.models import Interaction
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from teams.permissions import reach_of

INTERACTIONS_TITLE = gettext_lazy("Interactions")


def _may_export(user: Any) -> bool:
    return allows_anywhere("interaction", Verb.EXPORT, reach_of(user).actors())


INTERACTIONS = ListSpec(
    key="interactions",
    title=INTERACTIONS_TITLE,
    columns=(
        Column(
            "subject",
            gettext_lazy("What it was about"),
            needs=("customer__name",),
            render=lambda row: Cell(row.subject, sub=row.customer__name),
        ),
        Column("kind", gettext_lazy("Kind"), choices=dict(Interaction.Kind.choices)),
        Column("happened_at", gettext_lazy("When"), kind=Kind.MOMENT),
        Column("recorded_by", gettext_lazy("Who"), value="recorded_by__full_name"),
        Column("outcome", gettext_lazy("Outcome"), choices=dict(Interaction.Outcome.choices)),
        Column("next_step", gettext_lazy("Next step")),
        Column("next_step_on", gettext_lazy("Next step by"), kind=Kind.DATE),
        Column("customer", gettext_lazy("Customer"), value="customer__name", default=False),
        Column("minutes", gettext_lazy("Minutes"), kind=Kind.NUMBER, default=False),
        Column("by_customer", gettext_lazy("The customer came to us"), kind=Kind.FLAG, default=False),
    ),
    queryset=lambda user: Interaction.objects.visible_to(user),
    default_sort="-happened_at",
    filterset_class=InteractionFilter,
    url_name="customers:interaction-detail",
    noun=ngettext_lazy("%(shown)s interaction", "%(shown)s interactions", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nothing was said yet"),
        text=gettext_lazy("Calls, visits, meetings and notes appear here. Open a customer and log the first one."),
    ),
    exportable=lambda user, rows: Interaction.objects.exportable_of(rows, user),
    may_export=_may_export,
)
