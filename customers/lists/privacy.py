"""The list of privacy requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.filters.privacy import PrivacyRequestFilter
from customers.models import PrivacyRequest
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec

PRIVACY_TITLE = gettext_lazy("Privacy")

PRIVACY_REQUESTS = ListSpec(
    key="privacy-requests",
    title=PRIVACY_TITLE,
    columns=(
        Column("number", gettext_lazy("Number"), value="pk", render=lambda row: Cell(f"#{row.number}")),
        Column("kind", gettext_lazy("Asks for"), choices=dict(PrivacyRequest.Kind.choices)),
        Column("state", gettext_lazy("State"), choices=dict(PrivacyRequest.State.choices)),
        Column("received_on", gettext_lazy("Received on"), kind=Kind.DATE),
        Column("due_on", gettext_lazy("Answer due on"), kind=Kind.DATE),
        Column("opened_by", gettext_lazy("Entered by"), value="opened_by__full_name"),
        Column("decided_by", gettext_lazy("Decided by"), value="decided_by__full_name"),
        Column("executed_by", gettext_lazy("Carried out by"), value="executed_by__full_name", default=False),
    ),
    queryset=lambda user: PrivacyRequest.objects.visible_to(user),
    default_sort="due_on",
    filterset_class=PrivacyRequestFilter,
    url_name="customers:privacy-request-detail",
    noun=ngettext_lazy("%(shown)s request", "%(shown)s requests", "count"),
    empty=EmptyState(
        heading=gettext_lazy("Nobody has asked yet"),
        text=gettext_lazy("Enter a request on the page of the person: Contacts, the person, Privacy."),
    ),
)
