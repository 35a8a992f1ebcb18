"""The story of a customer: what was said, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from accounts.models import User
from customers.models import Contact, Customer, Interaction
from kcrm.lib import formats

ICONS: Final[dict[str, str]] = {
    Interaction.Kind.CALL: "phone",
    Interaction.Kind.VISIT: "map-pin",
    Interaction.Kind.MEETING: "users",
    Interaction.Kind.EMAIL: "mail",
    Interaction.Kind.NOTE: "sticky-note",
}
MARKS: Final[dict[str, str]] = {
    Interaction.Outcome.ADVANCE: "good",
    Interaction.Outcome.ORDER: "good",
    Interaction.Outcome.COMPLAINT: "bad",
    Interaction.Outcome.NO_SALE: "warn",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline, as `components/timeline.html` draws it."""

    icon: str
    css: str
    title: str
    note: str
    url: str
    at: datetime
    who: str


def with_participants(rows: QuerySet[Interaction], user: User) -> QuerySet[Interaction]:
    """Interactions with who wrote them and who took part, in three statements; contacts as the reader sees them."""
    seen = Contact.objects.visible_to(user).only("full_name").order_by("name_sort")
    return rows.select_related("recorded_by").prefetch_related(
        Prefetch("contacts", queryset=seen, to_attr="seen_contacts"),
        Prefetch("people", queryset=User.objects.order_by("full_name"), to_attr="our_people"),
    )


def story_of(customer: Customer, user: User, *, limit: int) -> list[Event]:
    """The newest interactions of a customer that the reader sees, as a timeline."""
    rows = Interaction.objects.visible_to(user).filter(customer=customer).order_by("-happened_at", "-pk")
    return events_of(with_participants(rows, user)[:limit])


def events_of(interactions: Sequence[Interaction] | QuerySet[Interaction]) -> list[Event]:
    """Interactions (with participants) as entries of a timeline."""
    return [_event(interaction) for interaction in interactions]


def _event(interaction: Any) -> Event:
    kind = interaction.get_kind_display()
    met = formats.listing(contact.full_name for contact in interaction.seen_contacts)
    outcome = interaction.get_outcome_display() if interaction.outcome else ""
    parts = [f"{kind}: {met}" if met else kind, outcome, interaction.next_step]
    return Event(
        icon=ICONS.get(interaction.kind, "circle"),
        css=MARKS.get(interaction.outcome, ""),
        title=interaction.subject,
        note=" · ".join(filter(None, map(str, parts))),
        url=reverse("customers:interaction-detail", args=[interaction.pk]),
        at=interaction.happened_at,
        who=interaction.recorded_by.full_name,
    )
