"""Bring customers in as a set: matched by their keys, with owner, parent, key in the other system and main address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.naming import people_named
from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer, ExternalId, Site
from customers.selectors.duplicates import SHARED_DOMAINS
from customers.services.cleaning import cleaned, refusing
from customers.services.customers import CONSTRAINTS, FIELDS, normalised
from customers.services.external_ids import CONSTRAINTS as KEY_CONSTRAINTS
from customers.services.imports import writing
from customers.services.imports.customer_drafts import CustomerDraft, write_drafts
from customers.services.imports.references import customers_named, units_for
from fields.definitions import PREFIX, book_for
from fields.importing import imported_values, in_words, people_in
from kcrm.lib import words
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Outcome, Row, RowError, Run
from teams.models import OrgUnit, TeamMembership

OWN: Final = FIELDS - {"org_unit", "parent", "custom"}
ADDRESS: Final = ("street", "postal_code")
SHARED: Final = ("city", "region", "country")
DERIVED: Final = frozenset({"name_key", "name_sort"})


def save_customers(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change the customers of these rows with a fixed number of statements; one outcome a row."""
    known = _Known(rows, run)
    outcomes: dict[int, Outcome] = {}
    drafts: list[CustomerDraft] = []
    for row in rows:
        try:
            drafts.append(known.draft(row))
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
    with refusing({**CONSTRAINTS, **KEY_CONSTRAINTS}):
        write_drafts(drafts, known, run)
    for draft in drafts:
        changes = {name: change for name, change in draft.changes.items() if name not in DERIVED}
        shown = in_words(CUSTOMER.key, changes, known.book) if changes else {}
        outcome = writing.outcome_of(draft.row, draft.customer, draft.images, shown)
        outcome.notes = draft.notes
        outcomes[draft.row.number] = outcome
    return [outcomes[row.number] for row in rows]


class _Rights:
    """What the person may do with customers that are not there yet, each asked once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by = by
        self.units: dict[int, tuple[bool, bool]] = {}

    @cached_property
    def new_custom_classes(self) -> frozenset[str]:
        """The field classes of custom fields that he fills in on a new customer."""
        return permissions.new_custom_classes(self.by)

    @cached_property
    def manage_accounts(self) -> bool:
        """Whether customers that he brings in become his own."""
        return permissions.manages_accounts(self.by)

    def create_in(self, unit: OrgUnit) -> bool:
        """Whether he brings customers into the unit."""
        return self._of(unit)[0]

    def lead(self, unit: OrgUnit) -> bool:
        """Whether he directs the unit."""
        return self._of(unit)[1]

    def _of(self, unit: OrgUnit) -> tuple[bool, bool]:
        if unit.pk not in self.units:
            self.units[unit.pk] = (
                permissions.can_create_customer(self.by, unit),
                permissions.leads_unit(self.by, unit),
            )
        return self.units[unit.pk]


class _Known:
    """What the rows of a chunk may be about, read once."""

    def __init__(self, rows: Sequence[Row], run: Run) -> None:
        self.run, self.by = run, run.by
        self.may = _Rights(run.by)
        now = timezone.now()
        self.stamp = {"created_at": now, "updated_at": now}
        values = [row.values for row in rows]
        self.units = units_for(run.by)
        self.parents = customers_named((given.get("parent") for given in values), run)
        self.book = book_for(run.by)
        self.people = people_named(
            [*(given.get("owner") for given in values), *people_in(CUSTOMER.key, values, self.book)], run.source
        )
        keys = {given["external_id"] for given in values if "external_id" in given}
        numbers = {given["registration_no"] for given in values if "registration_no" in given}
        domains = {_domain(given) for given in values} - {""}
        self.name_keys = {words.name_key(str(given.get("name", ""))) for given in values} - {""}
        live = ExternalId.objects.filter(source=run.source, released_at__isnull=True)
        self.owner_of_key = dict(live.filter(value__in=keys).values_list("value", "customer_id"))
        candidates = Customer.objects.alive().filter(
            Q(pk__in=set(self.owner_of_key.values()))
            | Q(registration_no__in=numbers)
            | Q(domain__in=domains)
            | Q(name_key__in=self.name_keys)
        )
        # found first and locked then: in one statement, and with no statistics of a table that just begins to fill,
        # PostgreSQL looks for all candidates anew for each of them
        likely = list(candidates.values_list("pk", "name_key", "registration_no"))
        visible = Customer.objects.visible_to(run.by).filter(pk__in=[pk for pk, _name, _number in likely])
        locked = visible.select_for_update(of=("self",)).order_by("pk").select_related("org_unit")
        self.visible = {customer.pk: customer for customer in locked} if likely else {}
        hidden = [(pk, name, number) for pk, name, number in likely if pk not in self.visible]
        self.hidden_numbers = {number for _pk, _name, number in hidden} - {""}
        self.hidden_names: dict[str, list[int]] = defaultdict(list)
        for pk, name, _number in hidden:
            self.hidden_names[name].append(pk)
        self.key_of = dict(live.filter(customer__in=self.visible).values_list("customer_id", "value"))
        self.by_number: dict[str, Customer] = {}
        self.by_domain: dict[str, list[Customer]] = defaultdict(list)
        self.by_name: dict[str, list[Customer]] = defaultdict(list)
        for customer in self.visible.values():
            self.remember(customer)
        self.owned = set(
            TeamMembership.objects.on_day(run.today)
            .owners()
            .filter(team__in=[customer.account_team_id for customer in self.visible.values()])
            .values_list("team_id", "user_id")
        )
        self.sites: dict[int, Site] = {
            site.customer_id: site
            for site in Site.objects.alive().filter(customer__in=self.visible, is_primary=True).select_for_update()
        }
        self.taken: set[int] = set()
        self.new_keys: dict[int, str] = {}

    def remember(self, customer: Customer) -> None:
        """Let later rows find this customer."""
        if customer.registration_no:
            self.by_number[customer.registration_no] = customer
        if customer.domain:
            self.by_domain[customer.domain].append(customer)
        self.by_name[customer.name_key].append(customer)

    def match(self, values: Mapping[str, Any]) -> Customer | None:
        """The customer that a row is about, by the first match key that finds one. Raises RowError."""
        for key in self.run.keys:
            found = getattr(self, f"_by_{key}")(values)
            if found is not None:
                return found
        return None

    def _by_external_id(self, values: Mapping[str, Any]) -> Customer | None:
        pk = self.owner_of_key.get(values.get("external_id", ""))
        if pk is None:
            return None
        if pk not in self.visible:
            raise _hidden("external_id")
        return self.visible[pk]

    def _by_registration_no(self, values: Mapping[str, Any]) -> Customer | None:
        number = values.get("registration_no", "")
        if number in self.hidden_numbers:
            raise _hidden("registration_no")
        return self.by_number.get(number)

    def _by_domain(self, values: Mapping[str, Any]) -> Customer | None:
        return self._only(self.by_domain.get(_domain(values), []), values, "domain")

    def _by_name(self, values: Mapping[str, Any]) -> Customer | None:
        return self._only(self.by_name.get(words.name_key(str(values.get("name", ""))), []), values, "name")

    def _only(self, found: Sequence[Customer], values: Mapping[str, Any], key: str) -> Customer | None:
        """The one among likely ones that no stronger key sets apart."""
        key_here, number = values.get("external_id"), values.get("registration_no")
        likely = [
            customer
            for customer in found
            if not (key_here and (self.key_for(customer) or key_here) != key_here)
            and not (number and customer.registration_no and customer.registration_no != number)
        ]
        if len(likely) > 1:
            raise RowError(
                _("Several customers fit this row; give their key or registration number."), field=key, code="ambiguous"
            )
        return likely[0] if likely else None

    def key_for(self, customer: Customer) -> str:
        """The customer's key in the import's system, also that of one which this chunk makes; empty for none."""
        return self.new_keys.get(id(customer), "") if customer.pk is None else self.key_of.get(customer.pk, "")

    def draft(self, row: Row) -> CustomerDraft:
        """What this row will do. Raises DomainError."""
        given = row.values
        customer = self.match(given)
        related = self._related(given, customer)
        own = {name: given[name] for name in OWN & given.keys()}
        if "website" in own:
            own["website"] = _website(str(own["website"]))
        values = normalised(own | related, current=customer) | self._custom(given, customer)
        if customer is None:
            draft = self._new(row, values)
        else:
            if id(customer) in self.taken:
                raise RowError(_("An earlier row of this file is about the same customer."), code="repeated")
            draft = self._changed(row, customer, values)
        self.taken.add(id(draft.customer))
        draft.key = self._key(given, draft)
        draft.address = {name: str(given[name]) for name in ADDRESS if name in given}
        if draft.address:
            draft.address |= {name: str(values[name]) for name in SHARED if values.get(name)}
            draft.address = cleaned(Site, draft.address)
        return draft

    def _custom(self, given: Mapping[str, Any], customer: Customer | None) -> dict[str, Any]:
        """The customer's custom fields, where the row says something about them or makes the customer."""
        if customer is not None and not any(name.startswith(PREFIX) for name in given):
            return {}
        if customer is None:
            classes = self.may.new_custom_classes
        else:
            classes = permissions.writable_custom_classes(self.by, permissions.standings_for(self.by, customer))
        values = imported_values(
            CUSTOMER.key,
            {} if customer is None else customer.custom,
            given,
            run=self.run,
            book=self.book,
            people=self.people,
            classes=classes,
            is_new=customer is None,
        )
        return {"custom": values}

    def _related(self, given: Mapping[str, Any], customer: Customer | None) -> dict[str, Any]:
        related: dict[str, Any] = {}
        if "org_unit" in given:
            related["org_unit"] = self.units.get(given["org_unit"], field="org_unit")
        if "parent" in given:
            related["parent"] = self.parents.get(given["parent"], field="parent", worth_retrying=True)
            if customer is not None and related["parent"].pk == customer.pk:
                raise RowError(_("A company cannot be its own parent."), field="parent")
        return related

    def _new(self, row: Row, values: dict[str, Any]) -> CustomerDraft:
        unit: OrgUnit | None = values.setdefault("org_unit", self.units.own)
        if unit is None:
            raise RowError(_("Say which unit of ours looks after the company."), field="org_unit", code="missing")
        if not self.may.create_in(unit):
            raise RowError(_("You cannot bring customers into this unit."), field="org_unit", code="not_allowed")
        owner = self.people.get(row.values["owner"], field="owner") if "owner" in row.values else None
        if owner is not None and owner.pk != self.by.pk and not self.may.lead(unit):
            raise RowError(
                _("Only the unit's director gives a customer to somebody else."), field="owner", code="not_allowed"
            )
        if owner is None and self.may.manage_accounts:
            owner = self.by
        customer = Customer(**values, **self.stamp)
        self.remember(customer)
        self.new_keys[id(customer)] = str(row.values.get("external_id", ""))
        return CustomerDraft(row, customer, is_new=True, values=values, owner=owner)

    def _changed(self, row: Row, customer: Customer, values: dict[str, Any]) -> CustomerDraft:
        changes = writing.differences(customer, values, self.run)
        if "name" not in changes:
            changes = {name: change for name, change in changes.items() if name not in DERIVED}
        if changes and not permissions.can_update_customer(self.by, customer):
            raise RowError(_("You may not change this customer."), code="not_allowed")
        if "org_unit" in changes and not permissions.can_create_customer(self.by, values["org_unit"]):
            raise RowError(_("You cannot move a customer into this unit."), field="org_unit", code="not_allowed")
        draft = CustomerDraft(row, customer, is_new=False, changes=changes)
        if "owner" in row.values:
            self._owner_of_known(draft)
        return draft

    def _owner_of_known(self, draft: CustomerDraft) -> None:
        """An owner for a customer that has none; one that has an owner keeps him, and the row says so."""
        owner = self.people.get(draft.row.values["owner"], field="owner")
        team = draft.customer.account_team_id
        if (team, owner.pk) in self.owned:
            return
        if any(owned == team for owned, _user in self.owned):
            draft.notes.append(("owner", _("The customer keeps its owner; change him in the account team.")))
        elif permissions.leads_unit(self.by, draft.customer.org_unit):
            draft.owner = owner
        else:
            raise RowError(
                _("Only the unit's director gives a customer to somebody else."), field="owner", code="not_allowed"
            )

    def _key(self, given: Mapping[str, Any], draft: CustomerDraft) -> str:
        """The key in the other system that the customer does not have yet, empty for none."""
        value = given.get("external_id", "")
        if not value or (not draft.is_new and self.key_for(draft.customer) == value):
            return ""
        if not draft.is_new and draft.customer.pk in self.key_of:
            raise RowError(
                _("This customer has another key in that system: %(key)s.") % {"key": self.key_of[draft.customer.pk]},
                field="external_id",
                code="conflict",
            )
        if not draft.is_new and not permissions.can_update_customer(self.by, draft.customer):
            raise RowError(_("You may not change this customer."), code="not_allowed")
        return str(cleaned(ExternalId, {"source": self.run.source, "value": value})["value"])


def _hidden(field_name: str) -> RowError:
    return RowError(
        _("This key belongs to a customer that you do not look after. Ask the director of your unit."),
        field=field_name,
        code="not_yours",
    )


def _website(text: str) -> str:
    """The address that a cell means: databases write links as words#address#, people leave the scheme out."""
    parts = text.split("#")
    address = parts[1] if len(parts) > 2 else text
    if "://" in address:
        return address
    is_file = address.lower().endswith((".htm", ".html")) and "/" not in address
    return f"https://{address}" if address and not is_file else ""


def _domain(given: Mapping[str, Any]) -> str:
    domain = words.domain_of(str(given.get("domain") or given.get("website") or ""))
    return "" if domain in SHARED_DOMAINS else domain
