"""What the pages of duplicates and merges show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Merge
from customers.services.merging import records
from customers.services.merging.own_fields import custom_value, shown_fields
from fields.definitions import Definition
from fields.kinds import kind_of
from fields.selectors import names_of
from kcrm.lib import formats

REASONS: Mapping[str, Any] = {
    "registration_no": _("same registration number"),
    "email": _("same e-mail"),
    "name": _("same name"),
    "similar_name": _("names look alike"),
    "pinyin": _("names sound alike"),
    "domain": _("same e-mail domain"),
    "phone": _("same phone"),
    "customer": _("at the same customer"),
    "city": _("same city"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One record's value of one field."""

    pk: int
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One field of all records side by side."""

    name: str
    label: Any
    values: tuple[Choice, ...]
    differs: bool


def reasons_of(codes: Sequence[str]) -> str:
    """Reasons in words."""
    return ", ".join(str(REASONS.get(code, code)) for code in codes)


def url_of(kind: str, pk: int) -> str:
    """The page of a record."""
    return reverse(f"customers:{kind}-detail", args=[pk])


def compared(kind: str, found: Sequence[Any], user: User, choices: Mapping[str, int] | None = None) -> list[Line]:
    """The fields of records side by side, without those that all leave empty."""
    winner = records.fullest(kind, found)
    chosen = {**records.default_choices(kind, winner, found), **(choices or {})}
    own = shown_fields(kind, user, found)
    people = names_of(own.values(), *(record.custom for record in found))
    lines = []
    for name in records.columns(kind, user, found):
        field = own.get(name)
        texts = [
            _own_text(field, custom_value(record, name), people) if field else _text(record, name, user)
            for record in found
        ]
        if any(texts):
            values = tuple(
                Choice(record.pk, text, chosen[name] == record.pk) for record, text in zip(found, texts, strict=True)
            )
            label = field.label if field else found[0]._meta.get_field(name).verbose_name
            lines.append(Line(name, label, values, len(set(texts)) > 1))
    return lines


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts of rows with the words for what they are, the most first."""
    named: dict[str, int] = {}
    for label, number in counts.items():
        model = apps.get_model(label)
        word = str(model._meta.verbose_name_plural)
        if model._meta.auto_created:
            word = str(_("tags"))
        named[word] = named.get(word, 0) + number
    return sorted(named.items(), key=lambda item: -item[1])


def kept_rows(merge: Merge) -> list[tuple[str, int, str]]:
    """The rows that an undo left as they are: what, number, column."""
    rows = merge.rows.filter(kept=True).order_by("model", "row_id")
    return [
        (str(apps.get_model(row.model)._meta.verbose_name), row.row_id, ", ".join(row.after) or "–")
        for row in rows[:500]
    ]


def _own_text(field: Definition, stored: Any, people: Mapping[int, str]) -> str:
    return "" if stored is None else kind_of(field).words(field, stored, people)


def _text(record: Any, name: str, user: User) -> str:
    field = record._meta.get_field(name)
    value = getattr(record, field.attname)
    if value in (None, ""):
        return ""
    if field.choices:
        return str(getattr(record, f"get_{name}_display")())
    if name == "parent":
        seen = type(record).objects.visible_to(user).filter(pk=value).values_list("name", flat=True).first()
        return seen or ""
    if field.is_relation:
        return str(getattr(record, name))
    return formats.day(value) if name == "birthday" else str(value)
