"""Sites and buying units: what hangs on one customer and is changed with the right to change that customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import BuyingUnit, Customer, Site
from customers.services.cleaning import cleaned, refusing
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

Part = TypeVar("Part", Site, BuyingUnit)

FIELDS: Final = {
    Site: frozenset({"name", "kind", "street", "postal_code", "city", "region", "country", "phone", "is_primary"}),
    BuyingUnit: frozenset({"name", "site", "description"}),
}
CONSTRAINTS: Final[Mapping[str, tuple[str | None, Any]]] = {
    "customers_site_iso_country": ("country", _("Give the country by its two letters, such as CN or DE.")),
    "customers_site_one_main_address": ("is_primary", _("Another site is the main address.")),
    "customers_buyingunit_name_once": ("name", _("This customer has a buying unit of this name.")),
}


@transaction.atomic
def create_part(model: type[Part], *, customer_id: int, values: Mapping[str, Any], by: User) -> Part:
    """A new site or buying unit of a customer. Raises DoesNotExist, NotAllowed, DomainError."""
    customer = _editable(customer_id, by)
    ready = _ready(model, customer, values)
    if not ready.get("name"):
        raise DomainError(_("Give it a name."), field="name")
    with refusing(CONSTRAINTS):
        _make_room(model, customer, ready)
        part = model.objects.create(customer=customer, **ready)
    changes = {name: [None, value] for name, value in ready.items() if value not in (None, "", False)}
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=part, changes=changes)
    return part


@transaction.atomic
def update_part(model: type[Part], *, part_id: int, version: int | None, values: Mapping[str, Any], by: User) -> Part:
    """Change a site or buying unit. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    part: Part = model.objects.visible_to(by).locked(part_id, version)
    customer = _editable(part.customer_id, by)
    ready = _ready(model, customer, values)
    if "name" in ready and not ready["name"]:
        raise DomainError(_("Give it a name."), field="name")
    with refusing(CONSTRAINTS):
        if ready.get("is_primary") and not getattr(part, "is_primary", False):
            _make_room(model, customer, ready)
        changes = part.apply(ready)
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=part, changes=changes)
    return part


@transaction.atomic
def delete_part(model: type[Part], *, part_id: int, version: int | None, by: User) -> Part:
    """Put a site or buying unit into the bin. Raises DoesNotExist, StaleVersion, NotAllowed."""
    part: Part = model.objects.visible_to(by).locked(part_id, version)
    _editable(part.customer_id, by)
    part.apply({"deleted_at": timezone.now()})
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=part)
    return part


@transaction.atomic
def restore_part(model: type[Part], *, part_id: int, version: int | None, by: User) -> Part:
    """Take a site or buying unit out of the bin. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    seen = Customer.objects.visible_to(by)
    part: Part = model.objects.in_bin().filter(customer__in=seen).locked(part_id, version)
    _editable(part.customer_id, by)
    with refusing(CONSTRAINTS):
        part.apply({"deleted_at": None})
    audit.record(action=AuditEntry.Action.RESTORE, by=by, subject=part)
    return part


def _editable(customer_id: int, by: User) -> Customer:
    """The customer, locked, if the person may change it."""
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").locked(customer_id, None)
    if not permissions.can_update_customer(by, customer):
        raise NotAllowed("account_profile", Verb.UPDATE)
    return customer


def _ready(model: type[Part], customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS[model]:
        raise KeyError(", ".join(sorted(unknown)))
    given = dict(values)
    if "country" in given:
        given["country"] = str(given["country"] or "").strip().upper()
    if given.get("site") is not None:
        key = int(getattr(given["site"], "pk", given["site"]))
        given["site"] = customer.sites.alive().filter(pk=key).first()
        if given["site"] is None:
            raise DomainError(_("This customer has no such site."), field="site")
    return cleaned(model, given)


def _make_room(model: type[Part], customer: Customer, ready: Mapping[str, Any]) -> None:
    """Let a new main address take the place of the old one."""
    if model is Site and ready.get("is_primary"):
        for other in Site.objects.alive().filter(customer=customer, is_primary=True):
            other.apply({"is_primary": False})
