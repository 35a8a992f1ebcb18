"""Where a person leaves traces: found through the registry of models, so that no table of a later app is forgotten.

A table holds traces of a contact when it points at him, when it keeps his history, when its rows belong to one of his
customers, or when it keeps texts of nobody in particular (mails, imported rows, answers to repeated calls).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db.models import CharField, ForeignKey, JSONField, Model, Q, TextField

from customers.models import Contact, Customer

# The trail is sealed and keeps no names; texts of the product itself are about nobody.
UNTOUCHED: Final = frozenset({"accounts.auditentry", "accounts.auditseal", "customers.consent", "customers.legalhold"})
# Rows of nobody in particular that can hold what somebody typed or sent.
OF_NOBODY: Final = (
    "accounts.idempotencykey",
    "accounts.savedview",
    "jobs.emailmessage",
    "jobs.job",
    "jobs.notification",
    "customers.importrow",
    "customers.merge",
    "customers.mergerow",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A table with traces: its model, which rows, and which of its columns hold text or JSON."""

    model: type[Model]
    condition: Q
    texts: tuple[str, ...]
    jsons: tuple[str, ...]

    @property
    def label(self) -> str:
        """The model's name."""
        return self.model._meta.label_lower


def pointing_at_people() -> Iterator[tuple[type[Model], str]]:
    """Every model that points at a contact, with the column that does; histories among them."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is Contact:
                yield model, field.name


def places(contact: Contact, *, all_rows: bool) -> list[Place]:
    """The tables with traces of a person, tables of record before histories.

    `all_rows` takes in what only names him: every row of his customers and the rows of nobody. Without it the rows
    that point at him.
    """
    customers = list(Customer.objects.filter(contact_roles__contact=contact).values_list("pk", flat=True).distinct())
    found: list[Place] = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if label in UNTOUCHED or model is Contact or model._meta.proxy or not model._meta.managed:
            continue
        condition = _condition(model, contact, customers if all_rows else [])
        if condition is not None:
            found.append(Place(model, condition, *_columns(model)))
        if all_rows and label in OF_NOBODY:
            found.append(Place(model, Q(), *_columns(model)))
    return sorted(found, key=lambda place: (place.label.endswith("event"), place.label))


def _condition(model: type[Model], contact: Contact, customers: Sequence[int]) -> Q | None:
    parts = []
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model is Contact:
            parts.append(Q(**{field.attname: contact.pk}))
        elif customers and (
            (isinstance(field, ForeignKey) and field.related_model is Customer) or field.name == "customer_id"
        ):
            parts.append(Q(**{f"{field.attname}__in": customers}))
    if model is Customer and customers:
        parts.append(Q(pk__in=customers))
    if not parts:
        return None
    condition = parts[0]
    for part in parts[1:]:
        condition |= part
    return condition


def _columns(model: type[Model]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    texts, jsons = [], []
    for field in model._meta.concrete_fields:
        if isinstance(field, JSONField):
            jsons.append(str(field.column))
        elif isinstance(field, CharField | TextField) and not field.choices and not field.primary_key:
            texts.append(str(field.column))
    return tuple(texts), tuple(jsons)


def marks_of(contact: Contact) -> list[str]:
    """What tells who somebody is wherever it stands: name, addresses, numbers; the longest first.

    Histories are asked too: a former name is a name.
    """
    event = apps.get_model("customers", "ContactEvent")
    names = ("full_name", "email", "phone", "mobile", "home_address", "private_phone", "chat_id")
    rows: list[Any] = [contact, *event.objects.filter(pgh_obj_id=contact.pk)]
    marks = {str(getattr(row, name)).strip() for row in rows for name in names}
    return sorted((mark for mark in marks if len(mark) > 1), key=len, reverse=True)
