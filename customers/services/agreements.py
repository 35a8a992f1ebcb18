"""Contracts and price agreements: when they hold, what they are worth, when notice is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.custom_fields import AGREEMENT
from customers.models import Agreement, Customer, Document
from customers.services import search
from customers.services.asking import require, seen_customer_for
from customers.services.cleaning import cleaned, refusing
from fields.services.values import custom_after, found_by, told
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError

FIELDS: Final = frozenset(
    {
        "title", "kind", "starts_on", "ends_on", "notice_days", "renews", "annual_value", "currency", "document_id",
        "custom",
    }
)  # fmt: skip
CONSTRAINTS: Final[Mapping[str, tuple[str | None, Any]]] = {
    "customers_agreement_ends_after_start": ("ends_on", _("The last day must come after the first.")),
    "customers_agreement_iso_currency": ("currency", _("Give the currency by its three letters, such as CNY or EUR.")),
}


@transaction.atomic
def create_agreement(*, customer_id: int, values: Mapping[str, Any], by: User) -> Agreement:
    """Note an agreement with a customer. Raises DoesNotExist, NotAllowed, DomainError on a field."""
    customer = seen_customer_for(customer_id, by, "agreement", Verb.CREATE)
    agreement = Agreement(customer=customer, **_cleaned({"currency": customer.currency} | dict(values), customer, by))
    with refusing(CONSTRAINTS):
        agreement.save(force_insert=True)
    _index(agreement, customer)
    changes = {name: [None, getattr(agreement, name)] for name in ("title", "kind", "starts_on", "ends_on", "custom")}
    _record(AuditEntry.Action.CREATE, agreement, changes, by)
    return agreement


@transaction.atomic
def update_agreement(*, agreement_id: int, version: int | None, values: Mapping[str, Any], by: User) -> Agreement:
    """Change an agreement. Raises StaleVersion and as `create_agreement`."""
    seen = Agreement.objects.visible_to(by).select_related("customer__org_unit")
    agreement: Agreement = seen.locked(agreement_id, version)
    require(by, "agreement", Verb.UPDATE, agreement.customer)
    known = _cleaned(values, agreement.customer, by, kept=agreement)
    with refusing(CONSTRAINTS):
        changes = agreement.apply(known)
    if changes:
        _index(agreement, agreement.customer)
        _record(AuditEntry.Action.UPDATE, agreement, changes, by)
    return agreement


def _record(action: str, agreement: Agreement, changes: Mapping[str, Sequence[Any]], by: User) -> None:
    audit.record(action=action, by=by, subject=agreement, changes=told(AGREEMENT.key, changes, by=by))


def _cleaned(values: Mapping[str, Any], customer: Customer, by: User, kept: Agreement | None = None) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of an agreement: {sorted(unknown)}")
    own = dict(values)
    document, _custom = own.pop("document_id", None), own.pop("custom", None)
    if document is not None and (kept is None or document != kept.document_id):
        known_files = Document.objects.visible_to(by).filter(pk=document, customer=customer)
        if not known_files.exists():
            raise DomainError(_("Choose a file of this customer."), field="document")
    known = cleaned(Agreement, own)
    stored = kept.custom if kept else None
    known |= custom_after(AGREEMENT.key, values, stored, by=by, classes=permissions.agreement_classes(by))
    return known | ({"document_id": document} if "document_id" in values else {})


def _index(agreement: Agreement, customer: Customer) -> None:
    search.index(
        "agreement",
        agreement.pk,
        customer_ids=[customer.pk],
        title=agreement.title,
        detail=customer.name,
        also=found_by(AGREEMENT.key, agreement.custom),
    )
