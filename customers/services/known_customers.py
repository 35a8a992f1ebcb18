"""What the rows of a bulk upsert may be about, read once, and what each of them will do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from customers import permissions
from customers.custom_fields import CUSTOMER
from customers.models import Customer, ExternalId, Site, Tag
from customers.selectors.bulk_duplicates import alike_among, doubles_of_many
from customers.services import tags
from customers.services.cleaning import cleaned
from customers.services.customers import CONSTRAINTS, FIELDS, normalised
from customers.services.external_ids import CONSTRAINTS as KEY_CONSTRAINTS
from customers.services.imports import writing
from customers.services.imports.customer_drafts import CustomerDraft
from fields.definitions import book_for
from fields.services.values import merged_values
from kcrm.lib import words
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Row, RowError, Run
from teams.models import OrgUnit

LARGEST: Final = 2**63 - 1
ISO: Final = {"country": re.compile(r"([A-Z]{2})?"), "currency": re.compile(r"[A-Z]{3}")}
TAKEN: Final = "customers_customer_registration_once"
HIDDEN_KEY: Final = "customers_externalid_once_per_source"
Refused = tuple[Row, DomainError]


class KnownCustomers:
    """The customers, units, parents and tags that rows from one system name, as far as the person sees them."""

    def __init__(self, rows: Sequence[Row], run: Run) -> None:
        self.rows, self.run, self.by = rows, run, run.by
        now = timezone.now()
        self.stamp = {"created_at": now, "updated_at": now}
        self.book = book_for(run.by)
        self.hidden_names: dict[str, list[int]] = {}
        self.sites: dict[int, Site] = {}
        self.units = OrgUnit.objects.visible_to(self.by).in_bulk(_numbers(rows, "org_unit"))
        self.parents = Customer.objects.visible_to(self.by).in_bulk(_numbers(rows, "parent"))
        keys = {words.clean_line(row.values.get("value") or "") for row in rows}
        live = ExternalId.objects.filter(source=run.source, value__in=keys, released_at__isnull=True)
        self.owner_of_key = dict(live.values_list("value", "customer_id"))
        visible = Customer.objects.visible_to(self.by).filter(pk__in=set(self.owner_of_key.values()))
        locked = visible.select_for_update(of=("self",)).order_by("pk").select_related("org_unit")
        self.visible = {customer.pk: customer for customer in locked} if self.owner_of_key else {}
        numbers = {words.clean_line(row.values.get("registration_no") or "") for row in rows} - {""}
        taken = Customer.objects.alive().filter(registration_no__in=numbers)
        self.owner_of_number: dict[str, int | None] = dict(taken.values_list("registration_no", "pk"))
        self.seen: dict[str, int] = {}
        self._read_tags()

    def _read_tags(self) -> None:
        """The tags that rows name, as they are written already, and those that the known customers have."""
        names = {words.clean_line(name).upper() for row in self.rows for name in row.values.get("tags") or ()} - {""}
        self.tag_names = {name.upper(): name for name in Tag.objects.named(names).values_list("name", flat=True)}
        self.tagged: dict[int, set[str]] = {}
        if any("tags" in row.values for row in self.rows):
            through = Customer.tags.through.objects.filter(customer__in=self.visible)
            for pk, name in through.values_list("customer_id", "tag__name"):
                self.tagged.setdefault(pk, set()).add(name)

    @cached_property
    def new_custom_classes(self) -> frozenset[str]:
        """The field classes of custom fields that the person fills in on a new customer."""
        return permissions.new_custom_classes(self.by)

    @cached_property
    def manages_accounts(self) -> bool:
        """Whether customers that the person brings in become his own."""
        return permissions.manages_accounts(self.by)

    def drafts(self) -> tuple[list[CustomerDraft], list[Refused]]:
        """What the rows will do, and which of them cannot be taken."""
        found: list[CustomerDraft] = []
        refused: list[Refused] = []
        for row in self.rows:
            try:
                found.append(self._draft(row))
            except DomainError as error:
                refused.append((row, error))
        doubles = self._refuse_doubles([draft for draft in found if draft.is_new])
        refused += doubles
        gone = {row.number for row, _error in doubles}
        return [draft for draft in found if draft.row.number not in gone], refused

    def tags_of(self, row: Row) -> dict[str, str]:
        """{name in capitals: name} of the tags that a row gives."""
        return tags.wanted_tags(row.values.get("tags") or ())

    def _draft(self, row: Row) -> CustomerDraft:
        key = self._key(row)
        pk = self.owner_of_key.get(key)
        customer = self.visible.get(pk) if pk is not None else None
        if self.seen.setdefault(key, row.number) != row.number:
            raise RowError(_("An earlier row of this call has the same key."), field="value", code="repeated")
        values = {name: row.values[name] for name in FIELDS & row.values.keys() - {"custom"}}
        draft = self._new(row, values) if customer is None else self._changed(row, customer, values)
        self._refuse_known_number(draft)
        if customer is None:
            if pk is not None:
                field, sentence = KEY_CONSTRAINTS[HIDDEN_KEY]
                raise RowError(sentence, field=field or "", code="conflict")
            draft.key = key
        return draft

    def _key(self, row: Row) -> str:
        given = {name: row.values.get(name) or "" for name in ("source", "value")}
        ready = cleaned(ExternalId, given)
        for name, text in ready.items():
            if not text:
                raise RowError(_("Give the system and the key there."), field=name)
        return str(ready["value"])

    def _new(self, row: Row, given: dict[str, Any]) -> CustomerDraft:
        values = self._ready(given)
        if not values.get("name"):
            raise RowError(_("Give the company a name."), field="name")
        unit = values.get("org_unit")
        if unit is None:
            raise RowError(_("Say which unit of ours looks after the company."), field="org_unit")
        if not permissions.can_create_customer(self.by, unit):
            raise RowError(_("You cannot bring customers into this unit."), field="org_unit", code="not_allowed")
        values["custom"] = self._custom(row, {}, self.new_custom_classes, is_new=True)
        draft = CustomerDraft(row, Customer(**values, **self.stamp), is_new=True, values=values)
        draft.owner = self.by if self.manages_accounts else None
        draft.reason = words.clean_line(row.values.get("despite") or "")
        draft.beside = self._tags_beside(draft)
        return draft

    def _changed(self, row: Row, customer: Customer, given: dict[str, Any]) -> CustomerDraft:
        standings = permissions.standings_for(self.by, customer)
        classes = permissions.writable_custom_classes(self.by, standings)
        only_custom = bool(row.values.get("custom")) and not given and "tags" not in row.values
        if not (only_custom and classes) and not permissions.can_update_customer(self.by, customer):
            raise RowError(_("You may not change this customer."), code="not_allowed")
        if row.values.get("version", customer.version) != customer.version:
            raise RowError(
                _("Somebody saved first: the customer has version %(version)s now.") % {"version": customer.version},
                field="version",
                code="stale_version",
            )
        values = self._ready(given, customer)
        if "custom" in row.values:
            values["custom"] = self._custom(row, customer.custom, classes)
        if "name" in values and not values["name"]:
            raise RowError(_("Give the company a name."), field="name")
        unit = values.get("org_unit", customer.org_unit)
        if unit is None:
            raise RowError(_("Say which unit of ours looks after the company."), field="org_unit")
        if unit.pk != customer.org_unit_id and not permissions.can_create_customer(self.by, unit):
            raise RowError(_("You cannot move a customer into this unit."), field="org_unit")
        draft = CustomerDraft(row, customer, is_new=False)
        draft.changes = writing.differences(customer, values, self.run)
        draft.beside = self._tags_beside(draft)
        return draft

    def _ready(self, given: Mapping[str, Any], customer: Customer | None = None) -> dict[str, Any]:
        """The values as they are stored, the unit and the parent among those that the person sees."""
        related: dict[str, Any] = {}
        for name, known, sentence in (
            ("org_unit", self.units, _("There is no such unit.")),
            ("parent", self.parents, _("There is no such customer.")),
        ):
            if given.get(name) is not None:
                related[name] = known.get(given[name])
                if related[name] is None:
                    raise RowError(sentence, field=name)
        if customer is not None and "parent" in related and related["parent"].pk == customer.pk:
            raise RowError(CONSTRAINTS["customers_customer_not_own_parent"][1], field="parent", code="conflict")
        values = normalised({**given, **related}, current=customer)
        for name, form in ISO.items():
            if name in values and not form.fullmatch(values[name]):
                raise RowError(CONSTRAINTS[f"customers_customer_iso_{name}"][1], field=name, code="conflict")
        return values

    def _custom(
        self, row: Row, stored: Mapping[str, Any], classes: frozenset[str], *, is_new: bool = False
    ) -> dict[str, Any]:
        given = row.values.get("custom") or {}
        return merged_values(
            CUSTOMER.key, stored, given, by=self.by, classes=classes, is_new=is_new, book=self.book
        )  # fmt: skip

    def _tags_beside(self, draft: CustomerDraft) -> dict[str, list[Any]]:
        """The tags before and after, where the row changes them."""
        if "tags" not in draft.row.values:
            return {}
        wanted = self.tags_of(draft.row)
        before = self.tagged.get(draft.customer.pk or 0, set())
        after = {self.tag_names.get(upper, name) for upper, name in wanted.items()}
        return {} if before == after else {"tags": [sorted(before), sorted(after)]}

    def _refuse_known_number(self, draft: CustomerDraft) -> None:
        """A registration number that another customer has, of those before and of this call."""
        number = draft.values.get("registration_no") or draft.changes.get("registration_no", ["", ""])[1]
        if not number:
            return
        if number in self.owner_of_number and self.owner_of_number[number] != draft.customer.pk:
            field, sentence = CONSTRAINTS[TAKEN]
            raise RowError(sentence, field=field or "", code="conflict")
        if not draft.is_new:
            self.owner_of_number[number] = draft.customer.pk

    def _refuse_doubles(self, new: Sequence[CustomerDraft]) -> list[Refused]:
        """New ones that look like a customer that the person sees, or like an earlier row, and do not say why not."""
        values = [draft.values for draft in new]
        shown, hidden = doubles_of_many(self.by, values)
        alike = alike_among(values)
        refused: list[Refused] = []
        taken: set[int] = set()
        numbers: set[str] = set()
        for place, draft in enumerate(new):
            number = draft.values.get("registration_no", "")
            if not draft.reason and (shown.get(place) or alike.get(place, set()) & taken):
                sentence = _("This company may be here already. Open it, or say why it is another one.")
                refused.append((draft.row, RowError(sentence, code="likely_double")))
            elif number and number in numbers:
                field, taken_by_other = CONSTRAINTS[TAKEN]
                refused.append((draft.row, RowError(taken_by_other, field=field or "", code="conflict")))
            else:
                taken.add(place)
                numbers.add(number)
                if place in hidden:
                    self.hidden_names.setdefault(draft.customer.name_key, []).extend(hidden[place])
        return refused


def _numbers(rows: Iterable[Row], name: str) -> set[int]:
    """The numbers of records that rows name, as far as the database can hold them."""
    return {number for row in rows if (number := row.values.get(name)) is not None and abs(number) <= LARGEST}
