"""Define fields, put them in order, retire them, delete those that hold nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from babel.numbers import get_currency_precision
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from fields import permissions
from fields.definitions import forget
from fields.models import CustomField
from fields.registry import RecordType, record_type
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed

FIXED: Final = ("kind", "field_class", "currency")  # what values mean and who may read them stays
WORDS: Final = ("label_en", "label_zh", "help_en", "help_zh")
OPEN: Final = (*WORDS, "choices", "places", "is_required", "is_found_by")
MOST: Final = 200
MOST_CHOICES: Final = 200
LONGEST_KEY: Final = 40
KEY: Final = re.compile(r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$")
# Filters of a range, and what the REST door asks, end so
RESERVED_ENDS: Final = ("_min", "_max", "_after", "_before")
FOUND_KINDS: Final = ("text",)


@transaction.atomic
def create_field(*, record: str, values: Mapping[str, Any], by: User) -> CustomField:
    """A new field of a kind of record, at the end of its order.

    `values` are those of `OPEN` and `FIXED`, and `key`, which is made from the label where it is empty.
    Raises LookupError for an unknown kind of record, NotAllowed, DomainError naming the input.
    """
    _ask(by, Verb.CREATE)
    kind_of_record = record_type(record)
    there = list(CustomField.objects.of_type(record).select_for_update())
    if len(there) >= MOST:
        raise DomainError(_("One kind of record has at most %(count)s fields.") % {"count": MOST})
    ready = _checked(values, kind_of_record, there)
    if ready.get("field_class") not in kind_of_record.classes:
        raise DomainError(_("Choose who reads the field."), field="field_class")
    ready["key"] = _key(str(values.get("key") or ""), ready, kind_of_record, there)
    position = 1 + max((field.position for field in there), default=0)
    field = CustomField.objects.create(record_type=record, position=position, **ready)
    _record(AuditEntry.Action.CREATE, field, {name: [None, value] for name, value in ready.items() if value}, by)
    return field


@transaction.atomic
def update_field(*, field_id: int, version: int | None, values: Mapping[str, Any], by: User) -> CustomField:
    """Change the words, the choices, whether it must be filled in. What values mean stays: see `FIXED`.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError.
    """
    field = _locked(field_id, version, by, Verb.UPDATE)
    others = list(CustomField.objects.of_type(field.record_type).exclude(pk=field.pk))
    fixed = {name: getattr(field, name) for name in FIXED}
    ready = _checked({**values, **fixed}, record_type(field.record_type), others, current=field)
    changes = field.apply({name: value for name, value in ready.items() if name in OPEN})
    if changes:
        _record(AuditEntry.Action.UPDATE, field, changes, by)
    return field


@transaction.atomic
def move_field(*, field_id: int, version: int | None, places: int, by: User) -> CustomField:
    """Move a field so many places down (up for negative ones) among the fields in use."""
    field = _locked(field_id, version, by, Verb.UPDATE)
    order = list(CustomField.objects.of_type(field.record_type).live().select_for_update())
    if field not in order:
        raise DomainError(_("This field is not in use."))
    before = order.index(field)
    order.insert(max(0, before + places), order.pop(before))
    after = order.index(field)
    if before == after:
        return field
    for position, moved in enumerate(order, start=1):
        if moved.position != position:
            moved.apply({"position": position})
    _record(AuditEntry.Action.UPDATE, field, {"position": [before + 1, after + 1]}, by)
    return CustomField.objects.get(pk=field.pk)


@transaction.atomic
def retire_field(*, field_id: int, version: int | None, by: User) -> CustomField:
    """Show and ask for a field no more. Its values stay where they are."""
    return _set_retired(field_id, version, by, retired=True)


@transaction.atomic
def restore_field(*, field_id: int, version: int | None, by: User) -> CustomField:
    """Take a retired field into use again, with the values it has."""
    return _set_retired(field_id, version, by, retired=False)


@transaction.atomic
def delete_field(*, field_id: int, version: int | None, by: User) -> None:
    """Delete a field that no record has a value in. Raises DomainError where one has: retire it instead."""
    field = _locked(field_id, version, by, Verb.DELETE)
    if values_of(field).exists():
        raise DomainError(_("Records have values in this field. Retire it, or delete the values first."))
    _record(AuditEntry.Action.DELETE, field, {"key": [field.key, None]}, by)
    field.delete()


def values_of(field: CustomField) -> Any:
    """The records, those in the bin too, that have a value in a field."""
    model = record_type(field.record_type).model
    return model._base_manager.filter(custom__has_key=field.key)


def _set_retired(field_id: int, version: int | None, by: User, *, retired: bool) -> CustomField:
    field = _locked(field_id, version, by, Verb.UPDATE)
    if (field.retired_at is not None) is retired:
        return field
    if not retired:
        _refuse_same_label(field.label_en, "label_en", CustomField.objects.of_type(field.record_type))
    changes = field.apply({"retired_at": timezone.now() if retired else None})
    _record(AuditEntry.Action.UPDATE, field, changes, by)
    return field


def _ask(by: User, verb: Verb) -> None:
    if not permissions.may_define(by, verb):
        raise NotAllowed("custom_field", verb)


def _locked(field_id: int, version: int | None, by: User, verb: Verb) -> CustomField:
    _ask(by, verb)
    field: CustomField = CustomField.objects.locked(field_id, version)
    return field


def _record(action: str, field: CustomField, changes: Mapping[str, Sequence[Any]], by: User) -> None:
    audit.record(action=action, by=by, subject=field, label=f"{field.record_type}.{field.key}", changes=changes)
    forget(by)


def _checked(
    values: Mapping[str, Any],
    kind_of_record: RecordType,
    others: Sequence[CustomField],
    *,
    current: CustomField | None = None,
) -> dict[str, Any]:
    """The values as they are stored. Raises DomainError naming the input."""
    ready: dict[str, Any] = {name: words.clean_line(str(values.get(name) or "")) for name in WORDS}
    for name in WORDS:
        if len(ready[name]) > CustomField._meta.get_field(name).max_length:  # type: ignore[operator,union-attr]
            raise DomainError(_("This is too long."), field=name)
    ready["label_en"] = ready["label_en"] or ready["label_zh"]
    if not ready["label_en"]:
        raise DomainError(_("Say what the field is called."), field="label_en")
    for name in ("label_en", "label_zh"):
        _refuse_same_label(ready[name], name, others)
    kind = values.get("kind")
    if kind not in CustomField.Kind.values:
        raise DomainError(_("Choose what the field holds."), field="kind")
    ready |= {"kind": kind, "field_class": values.get("field_class")}
    ready |= {"currency": _currency(values) if kind == "money" else "", "places": _places(values, kind, current)}
    if kind == "money":
        ready["places"] = get_currency_precision(ready["currency"])
    ready["choices"] = _choices(values, current) if kind in {"choice", "choices"} else []
    ready["is_required"] = bool(values.get("is_required"))
    ready["is_found_by"] = bool(values.get("is_found_by")) and kind in FOUND_KINDS
    if ready["is_found_by"] and ready["field_class"] not in {"F0", "F6"}:
        raise DomainError(_("Only what everybody sees who sees the record can be searched."), field="is_found_by")
    return ready


def _refuse_same_label(label: str, name: str, others: Any) -> None:
    """Two fields of one name could not be told apart in lists and files."""
    wanted = words.fold(label)
    for other in others:
        if other.retired_at is None and wanted and wanted in {words.fold(other.label_en), words.fold(other.label_zh)}:
            raise DomainError(_("Another field of this record has this label already."), field=name)


def _currency(values: Mapping[str, Any]) -> str:
    currency = str(values.get("currency") or "").strip().upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise DomainError(_("Give the currency by its three letters, such as CNY or EUR."), field="currency")
    return currency


def _places(values: Mapping[str, Any], kind: Any, current: CustomField | None) -> int:
    if kind != "number":
        return 0
    places = values.get("places") or 0
    if not isinstance(places, int) or not 0 <= places <= 6:
        raise DomainError(_("Give 0 to 6 decimal places."), field="places")
    if current is not None and places < current.places:
        raise DomainError(_("Values may have more decimal places already: there can only be more."), field="places")
    return places


def _choices(values: Mapping[str, Any], current: CustomField | None) -> list[dict[str, Any]]:
    """The choices as they were given, keys made where there are none; those left out are retired, never lost."""
    before = {choice["key"]: choice for choice in (current.choices if current else [])}
    found: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    for given in values.get("choices") or []:
        en = words.clean_line(str(given.get("en") or given.get("zh") or ""))
        zh = words.clean_line(str(given.get("zh") or ""))
        if not en or len(en) > 80 or len(zh) > 80:
            raise DomainError(_("Each choice needs words, at most 80 characters."), field="choices")
        if {words.fold(en), words.fold(zh)} & seen:
            raise DomainError(_("“%(label)s” stands there twice.") % {"label": en}, field="choices")
        seen |= {words.fold(en), words.fold(zh)} - {""}
        key = str(given.get("key") or "") or _same_words(en, before, found) or _slug(en, {*found, *before})
        if not KEY.match(key) or len(key) > LONGEST_KEY or key in found:
            raise DomainError(_("“%(key)s” cannot be the key of a choice.") % {"key": key[:60]}, field="choices")
        found[key] = {"key": key, "en": en, "zh": zh, "retired": bool(given.get("retired"))}
    for key, choice in before.items():
        found.setdefault(key, {**choice, "retired": True})
    if not any(not choice["retired"] for choice in found.values()):
        raise DomainError(_("Write at least one choice."), field="choices")
    if len(found) > MOST_CHOICES:
        raise DomainError(_("A field has at most %(count)s choices.") % {"count": MOST_CHOICES}, field="choices")
    return list(found.values())


def _same_words(en: str, before: Mapping[str, Any], taken: Mapping[str, Any]) -> str:
    """The key of a former choice of the same words, which comes back rather than being made twice."""
    fitting = (key for key, choice in before.items() if key not in taken and words.fold(choice["en"]) == words.fold(en))
    return next(fitting, "")


def _key(given: str, ready: Mapping[str, Any], kind_of_record: RecordType, there: Sequence[CustomField]) -> str:
    """The key that was given, or one made from the label. Raises DomainError for one that is taken or unfit."""
    taken = {field.key for field in there}
    if not given:
        return _slug(ready["label_en"], taken | _own_names(kind_of_record))
    key = given.strip()
    if not KEY.match(key) or len(key) > LONGEST_KEY or key.endswith(RESERVED_ENDS):
        raise DomainError(
            _("A key has small letters, digits and single underscores, and does not end like a range."), field="key"
        )
    if key in taken:
        raise DomainError(_("Another field of this record has this key, perhaps a retired one."), field="key")
    if key in _own_names(kind_of_record):
        raise DomainError(_("This is the name of a field that every record has."), field="key")
    return key


def _own_names(kind_of_record: RecordType) -> set[str]:
    """The names of the record's own columns and relations."""
    return {field.name for field in kind_of_record.model._meta.get_fields()} | {"id", "custom"}


def _slug(label: str, taken: set[str]) -> str:
    """A key that says what the label says, in pinyin where it is Chinese."""
    text = words.fold((words.pinyin_of(label).split() or [label])[0])
    plain = "_".join(re.findall("[a-z0-9]+", text))[: LONGEST_KEY - 6].strip("_")
    base = plain if plain[:1].isalpha() else f"f_{plain}".rstrip("_")
    while base.endswith(RESERVED_ENDS):
        base = base.rpartition("_")[0]
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    return found
