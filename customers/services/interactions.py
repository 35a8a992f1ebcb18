"""Keep what was said with customers: calls, visits, meetings, e-mails, notes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.custom_fields import INTERACTION
from customers.models import (
    Contact,
    Customer,
    Interaction,
    InteractionContact,
    InteractionPerson,
)
from customers.services import search, tasks
from customers.services.asking import require, seen_customer_for
from fields.services.values import custom_after, found_by, told
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError

FIELDS: Final = frozenset(
    {
        "kind",
        "subject",
        "body",
        "happened_at",
        "minutes",
        "by_customer",
        "outcome",
        "next_step",
        "next_step_on",
        "custom",
    }
)
ONE_LINE: Final = ("subject", "next_step")
TOUCHES: Final = (
    Interaction.Kind.CALL,
    Interaction.Kind.VISIT,
    Interaction.Kind.MEETING,
    Interaction.Kind.EMAIL,
)  # a note is our own and no contact with the customer
CLOCK_SKEW: Final = timedelta(minutes=5)


@transaction.atomic
def log_interaction(
    *,
    customer_id: int,
    values: dict[str, Any],
    by: User,
    now: datetime,
    contact_ids: Collection[int] = (),
    people_ids: Collection[int] | None = None,
    next_step_for: int | None = None,
) -> Interaction:
    """Write down what happened with a customer; a next step becomes a task in the same transaction.

    `people_ids` are ours who took part, the person himself where none are named; `next_step_for` is who takes the next
    step, otherwise the person himself. The customer's last contact follows. Raises DoesNotExist, NotAllowed, and
    DomainError for a moment in the future, a contact of another customer, an unknown colleague.
    """
    customer = seen_customer_for(customer_id, by, "interaction", Verb.CREATE)
    interaction = Interaction(customer=customer, recorded_by=by, **_cleaned(values, now, by, None))
    interaction.save(force_insert=True)
    _set_contacts(interaction, contact_ids, by)
    _set_people(interaction, people_ids if people_ids is not None else [by.pk])
    _keep_last_contact([customer.pk])
    _index(interaction, customer)
    shown = ("kind", "subject", "happened_at", "outcome", "custom")
    _record(AuditEntry.Action.CREATE, interaction, {name: [None, getattr(interaction, name)] for name in shown}, by)
    if interaction.next_step:
        step: dict[str, Any] = {"title": interaction.next_step[:200], "due_on": interaction.next_step_on}
        if next_step_for is not None:
            step["assignee_id"] = next_step_for
        tasks.create_task(
            customer_id=customer.pk, values=step, by=by, today=timezone.localdate(now), interaction=interaction
        )
    return interaction


@transaction.atomic
def update_interaction(
    *,
    interaction_id: int,
    version: int | None,
    values: dict[str, Any],
    by: User,
    now: datetime,
    contact_ids: Collection[int] | None = None,
    people_ids: Collection[int] | None = None,
) -> Interaction:
    """Correct what was written down; participants that are not named (None) stay. Raises as `log_interaction`."""
    interaction = _locked(Interaction.objects.visible_to(by), interaction_id, version)
    require(by, "interaction", Verb.UPDATE, interaction.customer)
    changes = interaction.apply(_cleaned(values, now, by, interaction.custom))
    others: dict[str, list[Any]] = {}
    if contact_ids is not None:
        others |= _set_contacts(interaction, contact_ids, by)
    if people_ids is not None:
        others |= _set_people(interaction, people_ids)
    if others and not changes:
        interaction.touch()
    if changes or others:
        _keep_last_contact([interaction.customer_id])
        _index(interaction, interaction.customer)
        _record(AuditEntry.Action.UPDATE, interaction, changes | others, by)
    return interaction


@transaction.atomic
def delete_interaction(*, interaction_id: int, version: int | None, by: User, now: datetime) -> Interaction:
    """Put an interaction into the bin; the customer's last contact goes back to the one before."""
    interaction = _locked(Interaction.objects.visible_to(by), interaction_id, version)
    require(by, "interaction", Verb.DELETE, interaction.customer)
    interaction.apply({"deleted_at": now})
    _keep_last_contact([interaction.customer_id])
    search.forget("interaction", [interaction.pk])
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=interaction)
    return interaction


@transaction.atomic
def restore_interaction(*, interaction_id: int, version: int | None, by: User) -> Interaction:
    """Take an interaction out of the bin."""
    binned = Interaction.objects.in_bin().filter(customer__in=Customer.objects.visible_to(by, "interaction"))
    interaction = _locked(binned, interaction_id, version)
    require(by, "interaction", Verb.DELETE, interaction.customer)
    interaction.apply({"deleted_at": None})
    _keep_last_contact([interaction.customer_id])
    _index(interaction, interaction.customer)
    audit.record(action=AuditEntry.Action.RESTORE, by=by, subject=interaction)
    return interaction


def _locked(rows: QuerySet[Interaction], interaction_id: int, version: int | None) -> Interaction:
    interaction: Interaction = rows.select_related("customer__org_unit").locked(interaction_id, version)  # type: ignore[attr-defined]  # VersionedQuerySet
    return interaction


def _record(action: str, interaction: Interaction, changes: Mapping[str, Sequence[Any]], by: User) -> None:
    audit.record(action=action, by=by, subject=interaction, changes=told(INTERACTION.key, changes, by=by))


def _cleaned(values: dict[str, Any], now: datetime, by: User, stored: Mapping[str, Any] | None) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of an interaction: {sorted(unknown)}")
    cleaned = dict(values)
    for name in ONE_LINE:
        if name in cleaned:
            cleaned[name] = words.clean_line(cleaned[name])
    if "subject" in cleaned and not cleaned["subject"]:
        raise DomainError(_("Say in a few words what it was about."), field="subject")
    if "body" in cleaned:
        cleaned["body"] = words.clean_text(cleaned["body"])
    moment = cleaned.get("happened_at")
    if moment is not None and moment > now + CLOCK_SKEW:
        raise DomainError(_("This has not happened yet. Make it a task instead."), field="happened_at")
    return cleaned | custom_after(INTERACTION.key, values, stored, by=by, classes=INTERACTION.classes)


def _set_contacts(interaction: Interaction, wanted: Collection[int], by: User) -> dict[str, list[Any]]:
    """Make these the people of the customer who took part; {} when they are already.

    Those whom the person does not see stay: he can neither name nor remove them.
    """
    before = set(InteractionContact.objects.filter(interaction=interaction).values_list("contact", flat=True))
    seen = set(Contact.objects.visible_to(by).filter(pk__in=before).values_list("pk", flat=True))
    added, gone = set(wanted) - before, seen - set(wanted)
    known = Contact.objects.visible_to(by).filter(pk__in=added, roles__customer=interaction.customer_id)
    if len(set(known.values_list("pk", flat=True))) != len(added):
        raise DomainError(_("Choose contacts of this customer."), field="contacts")
    InteractionContact.objects.filter(interaction=interaction, contact__in=gone).delete()
    InteractionContact.objects.bulk_create(
        InteractionContact(interaction=interaction, contact_id=contact) for contact in sorted(added)
    )
    return {"contacts": [sorted(before), sorted((before - gone) | added)]} if added or gone else {}


def _set_people(interaction: Interaction, wanted: Collection[int]) -> dict[str, list[Any]]:
    """Make these the people of ours who took part; {} when they are already."""
    before = set(InteractionPerson.objects.filter(interaction=interaction).values_list("user", flat=True))
    added, gone = set(wanted) - before, before - set(wanted)
    if User.objects.active().filter(pk__in=added).count() != len(added):
        raise DomainError(_("Choose people who work here."), field="people")
    InteractionPerson.objects.filter(interaction=interaction, user__in=gone).delete()
    InteractionPerson.objects.bulk_create(
        InteractionPerson(interaction=interaction, user_id=person) for person in sorted(added)
    )
    return {"people": [sorted(before), sorted(wanted)]} if added or gone else {}


def _keep_last_contact(customer_ids: Iterable[int]) -> None:
    """Say when each of these customers was last in touch with us: their rows are locked, so two writers agree.

    The figure is derived, so the customers' versions stay: nobody's open form becomes stale by a call.
    """
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    for customer in rows:
        last = _last_contact(customer.pk)
        if customer.last_interaction_on != last:
            Customer.objects.filter(pk=customer.pk).update(last_interaction_on=last)


def _last_contact(customer_id: int) -> date | None:
    touches = Interaction.objects.alive().filter(customer=customer_id, kind__in=TOUCHES)
    newest: datetime | None = touches.aggregate(newest=Max("happened_at"))["newest"]
    return newest.astimezone(timezone.get_default_timezone()).date() if newest else None


def _index(interaction: Interaction, customer: Customer) -> None:
    search.index(
        "interaction",
        interaction.pk,
        customer_ids=[customer.pk],
        title=interaction.subject,
        detail=customer.name,
        also=found_by(INTERACTION.key, interaction.custom),
    )
