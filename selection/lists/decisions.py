"""The lists of snapshots and decisions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.tables import Column, EmptyState, Kind, ListSpec
from selection import permissions
from selection.models import Decision, DecisionLine, Snapshot


class DecisionFilter(StrictFilterSet):
    """Decisions by state, title and day."""

    q = django_filters.CharFilter(label=_("Find a decision"), field_name="title", lookup_expr="icontains")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Decision.State.choices)
    effective_on = django_filters.DateFromToRangeFilter(label=_("In force from"))


def decisions_seen_by(user: Any) -> QuerySet[Decision]:
    """Decisions with `line_count` and `bent_count`: lines about customers that this person sees, and those of them that
    stand against the figures."""
    seen = Q(lines__in=DecisionLine.objects.visible_to(user))
    rows: QuerySet[Decision] = Decision.objects.visible_to(user)
    bent = seen & ~Q(lines__chosen=F("lines__calculated"))
    return rows.annotate(line_count=Count("lines", filter=seen), bent_count=Count("lines", filter=bent))


DECISIONS = ListSpec(
    key="decisions",
    title=_("Decisions"),
    columns=(
        Column("title", _("Title")),
        Column("state", _("State"), choices=dict(Decision.State.choices)),
        Column("effective_on", _("In force from"), kind=Kind.DATE),
        Column("customers", _("Customers"), value="line_count", kind=Kind.NUMBER),
        Column("overrides", _("Against the figures"), value="bent_count", kind=Kind.NUMBER),
        Column("drafted_by", _("Proposed by"), value="drafted_by__full_name"),
        Column("decided_by", _("Decided by"), value="decided_by__full_name"),
        Column("created_at", _("Drafted at"), kind=Kind.MOMENT, default=False),
    ),
    queryset=decisions_seen_by,
    default_sort="-effective_on",
    filterset_class=DecisionFilter,
    url_name="selection:decision-detail",
    noun=ngettext_lazy("%(shown)s decision", "%(shown)s decisions", "count"),
    empty=EmptyState(
        heading=_("Nothing was decided yet"),
        text=_("Take a snapshot of where customers stand, then draft a decision on it."),
        action_label=_("Take a snapshot"),
        action_url_name="selection:snapshot-list",
        allowed=permissions.can_open_decisions,
    ),
)

SNAPSHOTS = ListSpec(
    key="snapshots",
    title=_("Snapshots"),
    columns=(
        Column("name", _("Name")),
        Column("made_at", _("Taken at"), kind=Kind.MOMENT),
        Column("made_by", _("Taken by"), value="made_by__full_name"),
        Column("model", _("Model"), value="run__model__name"),
        Column("cut", _("High from"), kind=Kind.NUMBER, places=2),
    ),
    queryset=lambda user: Snapshot.objects.visible_to(user),
    default_sort="-made_at",
    url_name="selection:snapshot-detail",
    noun=ngettext_lazy("%(shown)s snapshot", "%(shown)s snapshots", "count"),
    empty=EmptyState(
        heading=_("No snapshots yet"),
        text=_(
            "A snapshot keeps where every customer stands, for good: decisions are made on one, and later compared."
        ),
    ),
)
