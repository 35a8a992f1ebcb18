"""Requests of people about their own data: entered, decided by a second person, carried out by an administrator."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import Contact, LegalHold, PrivacyRequest
from customers.services.asking import seen_customer_for
from customers.services.cleaning import refusing
from customers.services.contacts import customers_of
from customers.services.privacy.erasing import erase_person
from jobs.notices import notification_kind
from jobs.services import enqueue
from jobs.services.notifications import notify
from kcrm.lib.access import Verb
from kcrm.lib.aftermath import ends, note_end
from kcrm.lib.errors import DomainError, NotAllowed

COPY: Final = "privacy.copy"
TO_DECIDE: Final = notification_kind("privacy.decide", _("A privacy request waits for you"), email="now")
State, Kind = PrivacyRequest.State, PrivacyRequest.Kind


@transaction.atomic
def open_request(*, contact_id: int, customer_id: int, kind: str, received_on: date, by: User) -> PrivacyRequest:
    """Enter what somebody asked for; it must be answered within the days of KCRM_PRIVACY_DAYS.

    Raises DoesNotExist, NotAllowed, DomainError for a day in the future or a request of the kind that is still open.
    """
    customer = seen_customer_for(customer_id, by, "privacy", Verb.CREATE)
    contact = Contact.objects.visible_to(by).get(pk=contact_id, roles__customer=customer)
    if kind not in Kind.values:
        raise DomainError(_("Choose what is asked for."), field="kind")
    if received_on > timezone.localdate():
        raise DomainError(_("This lies in the future."), field="received_on")
    request = PrivacyRequest(
        customer=customer,
        contact=contact,
        kind=kind,
        received_on=received_on,
        due_on=received_on + timedelta(days=settings.KCRM_PRIVACY_DAYS),
        opened_by=by,
    )
    with refusing({"customers_privacy_one_at_a_time": ("kind", _("Such a request of this person is still open."))}):
        request.save(force_insert=True)
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=request, changes={"kind": [None, kind]})
    return request


@transaction.atomic
def decide_request(*, request_id: int, version: int | None, approve: bool, reason: str, by: User) -> PrivacyRequest:
    """Approve or refuse, never one's own; a refusal needs its reason. Administrators are told what to carry out.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError.
    """
    request: PrivacyRequest = (
        PrivacyRequest.objects.visible_to(by).select_related("customer__org_unit").locked(request_id, version)
    )
    if not permissions.may(by, "privacy", Verb.APPROVE, request.customer):
        raise NotAllowed("privacy", Verb.APPROVE)
    if request.opened_by_id == by.pk:
        raise DomainError(_("Somebody else must decide about a request that you entered."))
    if request.state != State.OPEN:
        raise DomainError(_("This request is decided already."))
    if not approve and not reason.strip():
        raise DomainError(_("Say why: the person must be told."), field="reason")
    if approve and request.kind == Kind.ERASURE:
        _refuse_held(request)
    state = State.APPROVED if approve else State.REFUSED
    request.apply({"state": state, "decided_by": by, "decided_at": timezone.now(), "reason": reason.strip()[:300]})
    audit.record(
        action=AuditEntry.Action.APPROVE,
        by=by,
        subject=request,
        changes={"state": [State.OPEN, state]},
        reason=request.reason,
    )
    if approve:
        for person in User.objects.administrators():
            notify(
                user=person,
                kind=TO_DECIDE,
                key=f"privacy:{request.pk}:carry-out",
                subject=_("Privacy request %(number)s is approved: carry it out by %(day)s."),
                params={"number": request.pk, "day": request.due_on},
                url=reverse("customers:privacy-request-detail", args=[request.pk]),
            )
    return request


@transaction.atomic
def carry_out(*, request_id: int, version: int | None, by: User) -> PrivacyRequest:
    """Do what was approved: erase now, or have the copy made for the director who approved it.

    The administrator who presses the button reads nothing of it. Raises DoesNotExist, StaleVersion, NotAllowed,
    DomainError for a request that is not approved or a person under legal hold.
    """
    request: PrivacyRequest = (
        PrivacyRequest.objects.visible_to(by).select_related("customer__org_unit").locked(request_id, version)
    )
    if not permissions.may(by, "privacy", Verb.UPDATE, request.customer):
        raise NotAllowed("privacy", Verb.UPDATE)
    if request.state != State.APPROVED:
        raise DomainError(_("Only an approved request can be carried out."))
    if request.kind == Kind.ERASURE:
        _refuse_held(request)
        certificate = erase_person(contact_id=request.contact_id)
        note_end("erasure", request.contact_id)
    else:
        job = enqueue(
            kind=COPY,
            args={"contact": request.contact_id},
            key=f"privacy-copy:{request.pk}",
            by=request.decided_by,
            title=_("Copy of the data for privacy request %(number)s"),
            title_values={"number": request.pk},
        )
        certificate = {"job": job.pk}
    request.apply({"state": State.DONE, "executed_by": by, "executed_at": timezone.now(), "certificate": certificate})
    audit.record(action=AuditEntry.Action.RUN, by=by, subject=request, changes={"state": [State.APPROVED, State.DONE]})
    return request


@transaction.atomic
def place_hold(*, contact_id: int, reason: str, by: User) -> LegalHold:
    """Forbid the erasure of a person, with the reason. Raises DoesNotExist, NotAllowed, DomainError."""
    contact = Contact.objects.visible_to(by).get(pk=contact_id)
    customers = customers_of(contact, by)
    if not permissions.may_for_any(by, "privacy", Verb.APPROVE, customers):
        raise NotAllowed("privacy", Verb.APPROVE)
    if not reason.strip():
        raise DomainError(_("Say why nothing may be erased."), field="reason")
    hold = LegalHold.objects.create(contact=contact, reason=reason.strip()[:300], placed_by=by)
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=hold, customer_id=customers[0].pk, reason=hold.reason)
    return hold


@transaction.atomic
def lift_hold(*, hold_id: int, by: User) -> LegalHold:
    """Allow the erasure again. Raises DoesNotExist, NotAllowed."""
    hold = LegalHold.objects.visible_to(by).in_force().select_for_update(of=("self",)).get(pk=hold_id)
    customers = customers_of(hold.contact, by)
    if not permissions.may_for_any(by, "privacy", Verb.APPROVE, customers):
        raise NotAllowed("privacy", Verb.APPROVE)
    hold.lifted_by, hold.lifted_at = by, timezone.now()
    hold.save(update_fields=["lifted_by", "lifted_at"])
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=hold, customer_id=customers[0].pk)
    return hold


@ends("erasure")
def erase_again(key: str) -> bool:
    """A person who was erased after a back-up was taken is erased again; False when nothing of him is left."""
    contact = Contact.objects.filter(pk=int(key), erased_at__isnull=True).first()
    if contact is None:
        return False
    erase_person(contact_id=contact.pk)
    return True


def _refuse_held(request: PrivacyRequest) -> None:
    hold = LegalHold.objects.filter(contact=request.contact_id).in_force().first()
    if hold is not None:
        raise DomainError(_("Nothing may be erased for now: %(reason)s") % {"reason": hold.reason}, code="legal_hold")
