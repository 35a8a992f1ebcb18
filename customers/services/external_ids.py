"""Keys of customers in other systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import Customer, ExternalId
from customers.services import search
from customers.services.cleaning import cleaned, refusing
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

CONSTRAINTS: Final[Mapping[str, tuple[str | None, Any]]] = {
    "customers_externalid_once_per_source": ("value", _("Another customer has this key in that system already.")),
}


def put_key(customer: Customer, *, source: str, value: str, by: User) -> ExternalId:
    """Give a customer its key in another system, in place of the one it had there.

    Part of an act on the customer: the caller has asked the permission and indexes the customer afterwards.
    """
    ready = cleaned(ExternalId, {"source": source, "value": value})
    for name, text in ready.items():
        if not text:
            raise DomainError(_("Give the system and the key there."), field=name)
    before = ExternalId.objects.filter(customer=customer, source=ready["source"]).first()
    if before is not None and before.value == ready["value"]:
        return before
    with refusing(CONSTRAINTS):
        if before is None:
            key = ExternalId.objects.create(customer=customer, **ready)
        else:
            key = before
            key.value = ready["value"]
            key.save(update_fields=["value"])
    audit.record(
        action=AuditEntry.Action.UPDATE,
        by=by,
        subject=customer,
        customer_id=customer.pk,
        changes={f"key in {key.source}": [before.value if before else None, key.value]},
    )
    return key


@transaction.atomic
def set_external_id(*, customer_id: int, source: str, value: str, by: User) -> ExternalId:
    """Give a customer its key in another system. Raises DoesNotExist, NotAllowed, DomainError."""
    customer = _open(customer_id, by)
    key = put_key(customer, source=source, value=value, by=by)
    search.index_customer(customer)
    return key


@transaction.atomic
def remove_external_id(*, customer_id: int, key_id: int, by: User) -> None:
    """Take a key away from a customer. Raises DoesNotExist, NotAllowed."""
    customer = _open(customer_id, by)
    key = ExternalId.objects.get(pk=key_id, customer=customer)
    audit.record(
        action=AuditEntry.Action.UPDATE,
        by=by,
        subject=customer,
        customer_id=customer.pk,
        changes={f"key in {key.source}": [key.value, None]},
    )
    key.delete()
    search.index_customer(customer)


def _open(customer_id: int, by: User) -> Customer:
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").locked(customer_id, None)
    if not permissions.can_update_customer(by, customer):
        raise NotAllowed("account_profile", Verb.UPDATE)
    return customer
