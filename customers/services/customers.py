"""Bring customers in, change them, put them into the bin and take them out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer, ExternalId
from customers.selectors.duplicates import Duplicates, likely_duplicates
from customers.services import doubles, external_ids, search, tags
from customers.services.cleaning import cleaned, refusing
from fields.services.values import merged_values, told
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import AccountTeam, OrgUnit, TeamMembership

FIELDS: Final = frozenset(
    {
        "name", "legal_name", "org_unit", "parent", "relation", "life_cycle", "industry", "country", "region", "city",
        "website", "domain", "phone", "registration_no", "currency", "description", "cadence_days", "custom",
    }
)  # fmt: skip
FOUND_BY: Final = frozenset({"name", "legal_name", "city", "country", "domain", "registration_no", "custom"})
CONSTRAINTS: Final[Mapping[str, tuple[str | None, Any]]] = {
    "customers_customer_registration_once": (
        "registration_no", _("Another customer has this registration number already."),
    ),
    "customers_customer_no_cycle": ("parent", _("A company cannot stand below itself or below its own subsidiaries.")),
    "customers_customer_not_own_parent": ("parent", _("A company cannot be its own parent.")),
    "customers_customer_iso_country": ("country", _("Give the country by its two letters, such as CN or DE.")),
    "customers_customer_iso_currency": ("currency", _("Give the currency by its three letters, such as CNY or EUR.")),
}  # fmt: skip


class LikelyDouble(DomainError):
    """A new customer looks like one or several that its creator sees: `duplicates` has them."""

    def __init__(self, duplicates: Duplicates) -> None:
        super().__init__(
            _("This company may be here already. Open it, or say why it is another one."), code="likely_double"
        )
        self.duplicates = duplicates


@transaction.atomic
def create_customer(
    *,
    values: Mapping[str, Any],
    by: User,
    tag_names: Iterable[str] = (),
    keys: Mapping[str, str] | None = None,
    owner: User | None = None,
    despite: str = "",
) -> Customer:
    """A new customer with its account team; an account manager who creates it owns it from today.

    `values` are those of `FIELDS`, `name` and `org_unit` at least; `keys` are {system: key there}. A director may name
    the `owner`. `despite` says why this is another company though it looks like a known one.
    Raises NotAllowed, LikelyDouble, DomainError.
    """
    ready = _ready(values, by)
    if not ready.get("name"):
        raise DomainError(_("Give the company a name."), field="name")
    unit = ready.get("org_unit")
    if unit is None:
        raise DomainError(_("Say which unit of ours looks after the company."), field="org_unit")
    if not permissions.can_create_customer(by, unit):
        raise NotAllowed("account_profile", Verb.CREATE)
    ready["custom"] = merged_values(
        CUSTOMER.key,
        {},
        values.get("custom") or {},
        by=by,
        classes=permissions.new_custom_classes(by),
        is_new=True,
    )
    found = likely_duplicates(by, ready)
    despite = words.clean_line(despite)
    if found.shown and not despite:
        raise LikelyDouble(found)
    with refusing(CONSTRAINTS):
        customer = Customer.objects.create(account_team=AccountTeam.objects.create(), **ready)
    _give_owner(customer, by=by, owner=owner)
    audit.record(
        action=AuditEntry.Action.CREATE,
        by=by,
        subject=customer,
        customer_id=customer.pk,
        changes=told(
            CUSTOMER.key,
            {name: [None, value] for name, value in ready.items() if value not in (None, "") and name in FIELDS},
            by=by,
        ),
        reason=despite,
    )
    if wanted := list(tag_names):
        tags.put_tags(customer, wanted, by=by)
    there = [external_ids.put_key(customer, source=source, value=key, by=by) for source, key in (keys or {}).items()]
    search.index_new_customer(customer, keys=[key.value for key in there])
    if found.hidden_ids:
        doubles.ask_for_review(customer, found.hidden_ids, by=by)
    return customer


@transaction.atomic
def update_customer(
    *,
    customer_id: int,
    version: int | None,
    values: Mapping[str, Any],
    by: User,
    tag_names: Iterable[str] | None = None,
) -> Customer:
    """Change some values of a customer, and (unless None) its tags. What does not differ is not written.

    Raises DoesNotExist for an unseen customer, StaleVersion, NotAllowed, DomainError.
    """
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").locked(customer_id, version)
    standings = permissions.standings_for(by, customer)
    _ask_for_update(by, customer, standings, values, tag_names)
    ready = _ready(values, by, current=customer)
    if "custom" in values:
        ready["custom"] = merged_values(
            CUSTOMER.key,
            customer.custom,
            values["custom"] or {},
            by=by,
            classes=permissions.writable_custom_classes(by, standings),
        )
    if "name" in ready and not ready["name"]:
        raise DomainError(_("Give the company a name."), field="name")
    unit = ready.get("org_unit", customer.org_unit)
    if unit is None:
        raise DomainError(_("Say which unit of ours looks after the company."), field="org_unit")
    if unit.pk != customer.org_unit_id and not permissions.can_create_customer(by, unit):
        raise DomainError(_("You cannot move a customer into this unit."), field="org_unit")
    with refusing(CONSTRAINTS):
        changes = customer.apply(ready)
    if tag_names is not None and (changed := tags.put_tags(customer, tag_names, by=by)):
        if not changes:
            customer.touch()
        changes = changes | {"tags": changed}
    shown = told(CUSTOMER.key, {name: change for name, change in changes.items() if name in FIELDS | {"tags"}}, by=by)
    if shown:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=customer, customer_id=customer.pk, changes=shown)
    if FOUND_BY & set(changes):
        search.index_customer(customer)
    return customer


@transaction.atomic
def delete_customer(*, customer_id: int, version: int | None, by: User, reason: str = "") -> Customer:
    """Put a customer into the bin: nobody sees it or what hangs on it until it is restored; its keys become free.

    Raises DoesNotExist, StaleVersion, NotAllowed.
    """
    customer: Customer = Customer.objects.visible_to(by).select_related("org_unit").locked(customer_id, version)
    if not permissions.can_delete_customer(by, customer):
        raise NotAllowed("account_profile", Verb.DELETE)
    now = timezone.now()
    customer.apply({"deleted_at": now})
    ExternalId.objects.filter(customer=customer).update(released_at=now)
    search.forget("account_profile", [customer.pk])
    audit.record(
        action=AuditEntry.Action.DELETE,
        by=by,
        subject=customer,
        customer_id=customer.pk,
        reason=words.clean_line(reason),
    )
    return customer


@transaction.atomic
def restore_customer(*, customer_id: int, version: int | None, by: User) -> Customer:
    """Take a customer out of the bin, with everything that hung on it.

    Raises DoesNotExist, StaleVersion, NotAllowed, and DomainError while another one has its registration number or
    one of its keys in other systems.
    """
    customer: Customer = Customer.objects.binned_for(by).select_related("org_unit").locked(customer_id, version)
    if not permissions.can_delete_customer(by, customer):
        raise NotAllowed("account_profile", Verb.DELETE)
    with refusing({**CONSTRAINTS, **external_ids.CONSTRAINTS}):
        customer.apply({"deleted_at": None})
        ExternalId.objects.filter(customer=customer).update(released_at=None)
    search.index_customer(customer)
    audit.record(action=AuditEntry.Action.RESTORE, by=by, subject=customer, customer_id=customer.pk)
    return customer


def _ask_for_update(
    by: User, customer: Customer, standings: Any, values: Mapping[str, Any], tag_names: Iterable[str] | None
) -> None:
    """Raise NotAllowed for who may not change this. Finance fills in fields of its own where it only reads the rest."""
    only_custom = bool(values.get("custom")) and set(values) == {"custom"} and tag_names is None
    if only_custom and permissions.writable_custom_classes(by, standings):
        return
    if not permissions.can_update_customer(by, customer):
        raise NotAllowed("account_profile", Verb.UPDATE)


def _ready(values: Mapping[str, Any], by: User, *, current: Customer | None = None) -> dict[str, Any]:
    """The values checked and completed by what follows from them: keys for sorting and comparing, the domain."""
    if unknown := set(values) - FIELDS:
        raise KeyError(", ".join(sorted(unknown)))
    return normalised({**values, **_related(values, by)}, current=current)


def normalised(values: Mapping[str, Any], *, current: Customer | None = None) -> dict[str, Any]:
    """Values of a customer as they are stored, related records resolved: checked by their fields, written in the
    usual way, completed by what follows from them: keys for sorting and comparing, the domain.

    Raises DomainError naming the field.
    """
    upper = {name: str(values[name] or "").strip().upper() for name in ("country", "currency") if name in values}
    ready = cleaned(Customer, {name: value for name, value in {**values, **upper}.items() if name != "custom"})
    if "name" in ready:
        ready |= {"name_key": words.name_key(ready["name"]), "name_sort": words.sort_key(ready["name"])}
    if ready.get("website") and not ready.get("domain") and not (current and current.domain):
        ready["domain"] = words.domain_of(ready["website"])
    elif ready.get("domain"):
        ready["domain"] = words.domain_of(ready["domain"]) or ready["domain"].lower()
    return ready


def _related(values: Mapping[str, Any], by: User) -> dict[str, Any]:
    """The unit and the parent, each among those that the person sees; given as records or as ids."""
    found: dict[str, Any] = {}
    if values.get("org_unit") is not None:
        found["org_unit"] = OrgUnit.objects.visible_to(by).filter(pk=_pk(values["org_unit"])).first()
        if found["org_unit"] is None:
            raise DomainError(_("There is no such unit."), field="org_unit")
    if values.get("parent") is not None:
        found["parent"] = Customer.objects.visible_to(by).filter(pk=_pk(values["parent"])).first()
        if found["parent"] is None:
            raise DomainError(_("There is no such customer."), field="parent")
    return found


def _pk(record: Any) -> int:
    return int(getattr(record, "pk", record))


def _give_owner(customer: Customer, *, by: User, owner: User | None) -> None:
    """Make the creating account manager, or whom a director names, the owner from today."""
    if owner is not None and owner.pk != by.pk:
        if not permissions.leads_unit(by, customer.org_unit):
            raise NotAllowed("account_team", Verb.GRANT)
    elif not permissions.manages_accounts(by):
        return
    membership = TeamMembership.objects.create(
        team=customer.account_team,
        user=owner or by,
        level=TeamMembership.Level.OWNER,
        function=TeamMembership.Function.KEY_ACCOUNT_MANAGER,
        valid_from=timezone.localdate(),
    )
    audit.record(
        action=AuditEntry.Action.GRANT,
        by=by,
        subject=membership,
        customer_id=customer.pk,
        label=str(membership.user),
        changes={"level": [None, membership.level]},
    )
    forget_reach(by)


def forget_reach(user: User) -> None:
    """Let the next question about the user's rights read them again: they have just changed."""
    user.__dict__.pop("_reach", None)
