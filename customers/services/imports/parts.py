"""Bring in what hangs on one customer and is known there by a natural key, such as sites and interactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.services import audit
from accounts.services.naming import people_named
from customers import permissions
from customers.custom_fields import INTERACTION
from customers.models import Customer, Interaction, Site
from customers.services import search
from customers.services.cleaning import cleaned, refusing
from customers.services.imports import writing
from customers.services.imports.own_fields import NoFields, OwnFields
from customers.services.imports.references import customers_named
from customers.services.search import Finding
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.copying import insert_all
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run

Key: TypeAlias = tuple[Any, ...]
Prepared: TypeAlias = tuple[Row, Customer, dict[str, Any], Key]
SITE_FIELDS: Final = ("name", "kind", "street", "postal_code", "city", "region", "country", "phone", "is_primary")
INTERACTION_FIELDS: Final = (
    "kind", "subject", "body", "happened_at", "minutes", "by_customer", "outcome", "next_step", "next_step_on",
)  # fmt: skip
NO_FIELDS: Final = NoFields()


def save_sites(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change sites, known by customer and name; a new main address takes the place of the old one."""
    customers = customers_named((row.values.get("customer") for row in rows), run)

    def prepare(row: Row) -> Prepared:
        customer = customers.get(row.values["customer"], field="customer")
        if not permissions.can_update_customer(run.by, customer):
            raise RowError(_("You may not change this customer."), field="customer", code="not_allowed")
        values = cleaned(Site, {name: row.values[name] for name in SITE_FIELDS if name in row.values})
        return row, customer, values, (customer.pk, words.fold(values["name"]))

    def make_room(customers: Mapping[int, Customer]) -> list[Image]:
        old = Site.objects.alive().filter(customer__in=customers, is_primary=True)
        return [writing.changed(site, site.apply({"is_primary": False})) for site in old]

    def existing(ids: set[int]) -> dict[Key, Any]:
        found = Site.objects.alive().filter(customer__in=ids).select_for_update().order_by("pk")
        return {(site.customer_id, words.fold(site.name)): site for site in found}

    with refusing({"customers_site_iso_country": ("country", _("Give the country by its two letters."))}):
        return save_parts(rows, run, Site, prepare, existing, make_room=make_room)


def save_interactions(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change interactions, known by customer, moment, kind and subject."""
    customers = customers_named((row.values.get("customer") for row in rows), run)
    people = people_named((row.values.get("recorded_by") for row in rows), run.source)

    def prepare(row: Row) -> Prepared:
        customer = customers.get(row.values["customer"], field="customer")
        if not permissions.may(run.by, "interaction", Verb.CREATE, customer):
            raise RowError(_("You may not enter interactions here."), field="customer", code="not_allowed")
        given = {name: row.values[name] for name in INTERACTION_FIELDS if name in row.values}
        values = cleaned(Interaction, {"kind": Interaction.Kind.NOTE, **given})
        who = row.values.get("recorded_by")
        values["recorded_by"] = people.get(who, field="recorded_by") if who else run.by
        return row, customer, values, (customer.pk, values["happened_at"], values["kind"], values["subject"])

    def existing(ids: set[int]) -> dict[Key, Any]:
        moments = {row.values["happened_at"] for row in rows if "happened_at" in row.values}
        alive = Interaction.objects.alive().select_related("customer__org_unit")
        found = alive.filter(customer__in=ids, happened_at__in=moments).select_for_update(of=("self",))
        return {(i.customer_id, i.happened_at, i.kind, i.subject): i for i in found.order_by("pk")}

    outcomes = save_parts(
        rows, run, Interaction, prepare, existing, keep=("recorded_by",), own=OwnFields(INTERACTION, rows, run),
        may_change=lambda record: permissions.may(run.by, "interaction", Verb.UPDATE, record.customer),
        finding=lambda record: Finding(
            "interaction", record.pk, [record.customer_id], record.subject, record.get_kind_display()
        ),
    )  # fmt: skip
    _last_contact({outcome.customer_id for outcome in outcomes if outcome.done is not Done.REJECTED})
    return outcomes


def save_parts(
    rows: Sequence[Row],
    run: Run,
    model: type[Any],
    prepare: Callable[[Row], Prepared],
    existing: Callable[[set[int]], dict[Key, Any]],
    *,
    keep: Sequence[str] = (),
    make_room: Callable[[Mapping[int, Customer]], list[Image]] | None = None,
    may_change: Callable[[Any], bool] = lambda record: True,
    finding: Callable[[Any], Finding] | None = None,
    at_first: Mapping[str, Any] = MappingProxyType({}),
    along: Mapping[str, str] = MappingProxyType({}),
    own: NoFields = NO_FIELDS,
) -> list[Outcome]:
    """What all kinds of parts share.

    `prepare` gives a row's customer, values and key, `existing` the parts of customers by their keys. `keep` names
    fields that are set once and never compared, `at_first` what a new part has besides, `along` {field: other} those
    that change only with the other field, `finding` says how the search finds a part, `own` which fields of one's own
    parts have.
    """
    outcomes: dict[int, Outcome] = {}
    prepared: list[Prepared] = []
    for row in rows:
        try:
            prepared.append(prepare(row))
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
    known = existing({customer.pk for _row, customer, _values, _key in prepared})
    new: list[tuple[Row, Customer, dict[str, Any], Any]] = []
    altered: list[tuple[Row, Any, dict[str, list[Any]]]] = []
    main: dict[int, Customer] = {}
    for row, customer, values, key in prepared:
        record = known.get(key)
        try:
            values |= own.values(row, record if record is None or record.pk else None)
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
            continue
        if record is None:
            record = known[key] = model(customer=customer, **{**at_first, **values})
            new.append((row, customer, values, record))
            changes = {}
        elif record.pk is None:
            outcomes[row.number] = Outcome.refused(row, RowError(_("An earlier row is about the same one.")))
            continue
        else:
            compared = {name: value for name, value in values.items() if name not in keep}
            changes = writing.differences(record, compared, run)
            for name in (name for name, other in along.items() if other not in changes):
                changes.pop(name, None)
            if changes and not may_change(record):
                outcomes[row.number] = Outcome.refused(row, RowError(_("You may not change this."), code="not_allowed"))
                continue
            altered.append((row, record, changes))
        if values.get("is_primary") and (record.pk is None or "is_primary" in changes):
            main[customer.pk] = customer
    demoted = make_room(main) if make_room and main else []
    insert_all([record for _row, _customer, _values, record in new])
    entries = []
    for row, _customer, values, record in new:
        outcomes[row.number] = writing.outcome_of(row, record, [writing.made(record, values), *demoted], {})
        demoted = []
        entries.append(
            audit.entry(
                action=AuditEntry.Action.CREATE,
                by=run.by,
                subject=record,
                changes=own.told({name: [None, value] for name, value in values.items() if value not in (None, "")}),
                via="import",
            )
        )
    for row, record, changes in altered:
        images = []
        if changes:
            writing.set_values(record, changes)
            images = [writing.changed(record, changes), *demoted]
            demoted = []
            entries.append(
                audit.entry(
                    action=AuditEntry.Action.UPDATE, by=run.by, subject=record, changes=own.told(changes), via="import"
                )
            )
        outcomes[row.number] = writing.outcome_of(row, record, images, own.shown(changes))
    writing.save_changed((record, changes) for _row, record, changes in altered if changes)
    audit.record_all(entries)
    if finding is not None:
        records = [*(found[3] for found in new), *(found[1] for found in altered if found[2])]
        search.index_all(replace(finding(record), also=own.found_by(record)) for record in records)
    return [outcomes[row.number] for row in rows]


def _last_contact(customer_ids: set[int | None]) -> None:
    """Let each customer's last contact be the day of its newest interaction."""
    newest = dict(
        Interaction.objects.alive()
        .filter(customer__in=customer_ids - {None})
        .values("customer")
        .annotate(day=Max(TruncDate("happened_at")))
        .values_list("customer", "day")
    )
    changed = []
    for customer in Customer.objects.filter(pk__in=newest):
        if customer.last_interaction_on != newest[customer.pk]:
            customer.last_interaction_on = newest[customer.pk]
            changed.append(customer)
    Customer.objects.bulk_update(changed, ["last_interaction_on"], batch_size=writing.BATCH)
