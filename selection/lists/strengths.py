"""The tray of unknown territory: attractive customers of whom we do not know how they see us."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.querysets import visible_customers
from kcrm.lib import formats
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.money import from_units
from kcrm.lib.tables import BulkAction, Cell, Column, EmptyState, Kind, ListSpec
from selection.words import STRENGTH_REASONS
from teams.permissions import reach_of


def unknown_territory(user: Any) -> QuerySet[Any]:
    """Customers whose attractiveness reaches the cut of the newest run and whose view of us is not known."""
    rows = visible_customers(user, "score").filter(
        current_score__rank__isnull=False, current_score__score__gte=F("current_score__source__run__cut")
    )
    return rows.filter(Q(customer_view__isnull=True) | Q(customer_view__is_strong__isnull=True))


def _why(row: Any) -> Cell:
    return Cell(str(STRENGTH_REASONS.get(row.why or "", STRENGTH_REASONS[""])))


def _sales(row: Any) -> str:
    return "–" if row.net_sales is None else formats.number(from_units(row.net_sales))


UNKNOWN = ListSpec(
    key="unknown-territory",
    title=_("Unknown territory"),
    columns=(
        Column("name", _("Customer"), sort="name_sort"),
        Column("attractiveness", _("Attractiveness"), value="current_score__score", kind=Kind.NUMBER, places=2),
        Column(
            "net_sales", _("Net sales, 12 months"), value="sales_summary__net_12m_units", numeric=True, render=_sales
        ),
        Column("why", _("What is missing"), value="customer_view__reason", render=_why),
        Column("country", _("Country"), default=False),
    ),
    queryset=unknown_territory,
    default_sort="-attractiveness",
    url_name="selection:customer-strength",
    noun=ngettext_lazy("%(shown)s customer", "%(shown)s customers", "count"),
    empty=EmptyState(
        heading=_("No unknown territory"),
        text=_("Attractive customers appear here while no rival is named or scored for them."),
    ),
    bulk_actions=(
        BulkAction(
            "ask",
            _("Give out fact-finding tasks"),
            "selection:fact-finding-many",
            icon="circle-question-mark",
            allowed=lambda user: allows_anywhere("task", Verb.CREATE, reach_of(user).actors()),
        ),
    ),
)
