"""What this app reminds people of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.selectors.reminders import morning_of
from jobs.reminders import Reminder, reminder_source
from planning.selectors import silences


@reminder_source("silence", _("A customer has waited too long for a word from us"))
def silent_customers(now: datetime) -> Iterator[Reminder]:
    """Each customer once a silence, in the morning of the first day on which it is too long."""
    for silence in silences(now):
        yield Reminder(
            user=silence.owner,
            key=str(silence.customer.pk),
            due_at=morning_of(silence.silent_from, silence.owner),
            subject=_("Nobody has spoken with %(customer)s since %(day)s"),
            params={"customer": silence.customer.name, "day": silence.since},
            url=reverse("customers:customer-detail", args=[silence.customer.pk]),
            customer_id=silence.customer.pk,
        )
