"""Write down what somebody agreed to, and ask it before something is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import Consent, Contact, Purpose
from customers.services.contacts import customers_of
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed


@transaction.atomic
def record_consent(
    *,
    contact_id: int,
    purpose: str,
    is_given: bool,
    channel: str,
    at: datetime,
    by: User,
    text_version: str = "",
    source: str = "",
) -> Consent:
    """Add a consent or its withdrawal; earlier rows stay.

    Raises Contact.DoesNotExist, NotAllowed, DomainError for a consent without the text that was agreed to, or one that
    lies in the future.
    """
    contact = Contact.objects.visible_to(by).get(pk=contact_id)
    customers = customers_of(contact, by)
    if not permissions.may_for_any(by, "privacy", Verb.CREATE, customers):
        raise NotAllowed("privacy", Verb.CREATE)
    if purpose not in Purpose.values:
        raise DomainError(_("Choose one of the purposes."), field="purpose")
    if channel not in Consent.Channel.values:
        raise DomainError(_("Say how it was given."), field="channel")
    if is_given and not text_version.strip():
        raise DomainError(_("Name the version of the text that was agreed to."), field="text_version")
    if at > timezone.now():
        raise DomainError(_("This lies in the future."), field="at")
    consent = Consent.objects.create(
        contact=contact,
        purpose=purpose,
        is_given=is_given,
        channel=channel,
        at=at,
        text_version=text_version.strip()[:40],
        source=source.strip()[:200],
        recorded_by=by,
    )
    audit.record(
        action=AuditEntry.Action.GRANT if is_given else AuditEntry.Action.REVOKE,
        by=by,
        subject=contact,
        customer_id=customers[0].pk,
        changes={"consent": [None, purpose]},
    )
    return consent


def consents_of(contact: Contact) -> dict[str, Consent]:
    """The row that holds for each purpose about which the person ever said something."""
    return {row.purpose: row for row in Consent.objects.filter(contact=contact).newest().select_related("recorded_by")}


def has_consent(contact: Contact, purpose: str) -> bool:
    """Whether the person agreed to this and has not withdrawn it."""
    rows: Any = Consent.objects.filter(contact=contact, purpose=purpose).newest()
    return any(row.is_given for row in rows)


def require_consent(contact: Contact, purpose: str) -> None:
    """Ask before anything is sent for this purpose. Raises DomainError without a consent that holds."""
    if not has_consent(contact, purpose):
        raise DomainError(
            _("%(contact)s has not agreed to: %(purpose)s.") % {"contact": contact, "purpose": Purpose(purpose).label},
            code="no_consent",
        )
