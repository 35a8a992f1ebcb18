"""The review queue of pairs that may be one."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from customers.filters.duplicates import DuplicatePairFilter
from customers.models import Contact, ContactRole, Customer, DuplicatePair, RecordKind
from customers.permissions import can_merge_somewhere
from customers.querysets.customers import sight
from customers.selectors.merging import reasons_of
from kcrm.lib.access import Verb
from kcrm.lib.tables import BulkAction, Column, EmptyState, Kind, ListSpec


def _exportable(user: User, rows: Any) -> Any:
    """Pairs of which one may carry away both."""
    condition = sight(user, verb=Verb.EXPORT)
    customers = Customer.objects.alive() if condition is None else Customer.objects.alive().filter(condition)
    contacts = ContactRole.objects.visible_to(user, "contact").exportable_by(user).values("contact")
    people = Contact.objects.alive().filter(pk__in=contacts).values("pk")
    mine = rows.filter(kind="customer", left_id__in=customers.values("pk"), right_id__in=customers.values("pk"))
    return mine | rows.filter(kind="contact", left_id__in=people, right_id__in=people)


def merge_action(key: str) -> BulkAction:
    """The button that lays the ticked rows of this list side by side before they are merged."""
    return BulkAction(
        name="merge",
        label=gettext_lazy("Merge"),
        icon="merge",
        url_name=f"customers:merge-chosen-{key}",
        allowed=can_merge_somewhere,
    )


def _reasons(row: Any) -> str:
    return reasons_of(row.reasons)


DUPLICATES: Final = ListSpec(
    key="duplicates",
    title=gettext_lazy("Possible duplicates"),
    columns=(
        Column("left_name", gettext_lazy("One")),
        Column("right_name", gettext_lazy("The other")),
        Column("score", gettext_lazy("Likeness"), kind=Kind.NUMBER),
        Column("reasons", gettext_lazy("Why"), sort=None, render=_reasons, export=_reasons),
        Column("kind", gettext_lazy("What"), choices=dict(RecordKind.choices)),
        Column("state", gettext_lazy("State"), choices=dict(DuplicatePair.State.choices), default=False),
        Column("found_at", gettext_lazy("Found"), kind=Kind.MOMENT, default=False),
        Column("decided_by", gettext_lazy("Decided by"), value="decided_by__full_name", default=False),
    ),
    queryset=lambda user: DuplicatePair.objects.visible_to(user).with_names(),
    default_sort="-score",
    filterset_class=DuplicatePairFilter,
    url_name="customers:duplicate-detail",
    noun=ngettext_lazy("%(shown)s pair", "%(shown)s pairs", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No pair waits"),
        text=gettext_lazy(
            "Customers and contacts that may be there twice appear here; they are looked for every night."
        ),
    ),
    exportable=_exportable,
)
