"""The list of contacts."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from bulk.registry import edit_action
from customers.filters.contacts import ContactFilter
from customers.lists.duplicates import merge_action
from customers.models import Contact, ContactRole
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from teams.permissions import reach_of

CONTACTS_TITLE = gettext_lazy("Contacts")


def _rows(user: User) -> QuerySet[Contact]:
    """The people one sees, each with titles and customers as far as one sees these."""
    roles = ContactRole.objects.visible_to(user, "contact").filter(contact=OuterRef("pk"))
    roles = roles.order_by("-is_primary", "pk")
    rows: QuerySet[Contact] = Contact.objects.visible_to(user)
    return rows.annotate(
        job_titles=ArraySubquery(roles.values("job_title")),
        customer_names=ArraySubquery(roles.values("customer__name")),
    )


def _exportable(user: User, rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """People of customers whose people one may carry away."""
    roles = ContactRole.objects.visible_to(user, "contact").exportable_by(user)
    return rows.filter(pk__in=roles.values("contact"))


def _listed(values: list[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, values)))


def _customers(row: Any) -> str:
    return _listed(row.customers)


CONTACTS = ListSpec(
    key="contacts",
    title=CONTACTS_TITLE,
    columns=(
        Column(
            "full_name",
            gettext_lazy("Name"),
            sort="name_sort",
            needs=("job_titles",),
            render=lambda row: Cell(row.full_name, sub=_listed(row.job_titles)),
        ),
        Column(
            "customers",
            gettext_lazy("Customer"),
            value="customer_names",
            sort=None,
            render=_customers,
            export=_customers,
        ),
        Column("email", gettext_lazy("Work e-mail")),
        Column("phone", gettext_lazy("Work phone"), sort=None),
        Column("mobile", gettext_lazy("Work mobile"), sort=None, default=False),
        Column("left_on", gettext_lazy("Left on"), kind=Kind.DATE),
        Column("language", gettext_lazy("Language"), default=False),
    ),
    queryset=_rows,
    default_sort="full_name",
    filterset_class=ContactFilter,
    url_name="customers:contact-detail",
    noun=ngettext_lazy("%(shown)s contact", "%(shown)s contacts", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nobody here yet"),
        text=gettext_lazy("The people who decide, buy and use belong here. Open a customer to add the first one."),
    ),
    exportable=_exportable,
    may_export=lambda user: allows_anywhere("contact", Verb.EXPORT, reach_of(user).actors()),
    bulk_actions=(edit_action("contacts"), merge_action("contacts")),
)
