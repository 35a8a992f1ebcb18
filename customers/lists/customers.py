"""Columns of customers. The roof adds those of the apps above and makes the list."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, F, Func, OuterRef, Q, Subquery, Value
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.models import Customer
from kcrm.lib.tables import Cell, Column, EmptyState, Kind
from teams.models import TeamMembership

NOUN: Final = ngettext_lazy("%(shown)s customer", "%(shown)s customers", "count")
LIFE_CYCLE_CSS: Final = {"client": "good", "advocate": "good", "inactive": "warn", "lost": "bad"}
EMPTY: Final = EmptyState(
    heading=gettext_lazy("No customers here yet"),
    text=gettext_lazy("Customers whose account team you belong to, or whose unit you lead, appear here."),
)


class Today(Func):
    """The day of the database's clock."""

    template = "CURRENT_DATE"
    arity = 0


def owner_name() -> Subquery:
    """The name of the account manager who owns the account today, empty when nobody does."""
    holds = Q(valid_to__isnull=True) | Q(valid_to__gt=Today())
    owners = TeamMembership.objects.owners().filter(holds, valid_from__lte=Today(), team=OuterRef("account_team"))
    return Subquery(owners.values("user__full_name")[:1])


def tag_names() -> Subquery:
    """The tags of a customer in one text."""
    through = Customer.tags.through.objects.filter(customer=OuterRef("pk")).order_by()
    names = StringAgg("tag__name", Value("\n"), order_by="tag__name")
    grouped = through.values("customer").annotate(names=names)
    return Subquery(grouped.values("names"), output_field=CharField())  # type: ignore[misc]  # the name is our annotation


def _name(row: Any) -> Cell:
    return Cell(row.name, sub=" · ".join(filter(None, (row.city, row.country))))


def _life_cycle(row: Any) -> SafeString:
    css = LIFE_CYCLE_CSS.get(row.life_cycle)
    word = Customer.LifeCycle(row.life_cycle).label
    return format_html('<span class="tag{}">{}</span>', f" tag-{css}" if css else "", word)


def _tags(row: Any) -> SafeString | None:
    if not row.tags:
        return None
    return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in row.tags.split("\n")))


def _with_parent(rows: Any, user: Any) -> Any:
    return rows.with_seen_parent(user)


NAME: Final = Column(
    "name", gettext_lazy("Customer"), sort="name_sort", needs=("city", "country"), render=_name, sort_nullable=False
)
OWNER: Final = Column(
    "owner", gettext_lazy("Account manager"), value=owner_name(), sort=None, none=gettext_lazy("nobody")
)
LIFE_CYCLE: Final = Column(
    "life_cycle",
    gettext_lazy("Life cycle"),
    choices=dict(Customer.LifeCycle.choices),
    render=_life_cycle,
    by_value=True,
    sort=None,
    editable=True,
)
LAST_CONTACT: Final = Column(
    "last_interaction_on", gettext_lazy("Last contact"), kind=Kind.DATE, none=gettext_lazy("never")
)
COLUMNS: Final = (
    Column("industry", gettext_lazy("Industry"), editable=True),
    Column("org_unit", gettext_lazy("Unit"), value="org_unit__name", sort=None, default=False, editable=True),
    Column("country", gettext_lazy("Country"), default=False, editable=True),
    Column("relation", gettext_lazy("Relation"), choices=dict(Customer.Relation.choices), sort=None,
           default=False, editable=True),
    Column("cadence_days", gettext_lazy("Talk at least every ... days"), kind=Kind.NUMBER,
           default=False, sort=None, editable=True),
    Column("tags", gettext_lazy("Tags"), value=tag_names(), sort=None, render=_tags, by_value=True, default=False,
           export=lambda row: (row.tags or "").replace("\n", ", ")),
    Column("parent", gettext_lazy("Parent company"), value="seen_parent", sort=None, default=False,
           prepare=_with_parent),
    Column("city", gettext_lazy("City"), sort=None, default=False, editable=True),
    Column("region", gettext_lazy("Region"), sort=None, default=False, editable=True),
    Column("legal_name", gettext_lazy("Legal name"), sort=None, default=False),
    Column("registration_no", gettext_lazy("Registration or tax number"), sort=None, default=False),
    Column("website", gettext_lazy("Website"), sort=None, default=False),
    Column("phone", gettext_lazy("Phone"), sort=None, default=False),
    Column("currency", gettext_lazy("Currency"), sort=None, default=False),
    Column("created_at", gettext_lazy("Since"), kind=Kind.DATE, default=False, sort=None),
)  # fmt: skip
BIN_COLUMNS: Final = (
    NAME,
    OWNER,
    LIFE_CYCLE,
    Column("deleted_at", gettext_lazy("In the bin since"), kind=Kind.MOMENT, sort=F("deleted_at")),
)
