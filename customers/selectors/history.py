"""Who changed what on a customer and on what hangs on it, as far as the reader may read it.

Two sources make one story. The row history, written by the database, knows every value a row ever had; the audit trail
knows the acts: who did what through which door, and why. A row's change is told once, with what the trail knows of it;
acts that leave no values behind (a deletion, a hand-over, a merge) stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services.audit import MASK
from customers.models import Customer
from customers.querysets.history import ROW_KINDS, moments_of, readable_fields
from customers.selectors.own_history import Change, OwnFields, own_fields_of
from fields.definitions import PREFIX
from kcrm.lib.access import Standing, Verb, allows, readable_classes

# The resource whose right of reading opens the entries about a kind of record; other kinds are not shown here.
RESOURCES: Final = {
    "customers.customer": "account_profile",
    "customers.site": "account_profile",
    "customers.buyingunit": "account_profile",
    "customers.externalid": "account_profile",
    "customers.contact": "contact",
    "customers.contactrole": "contact",
    "customers.interaction": "interaction",
    "customers.task": "task",
    "customers.document": "document",
    "customers.agreement": "agreement",
    "teams.teammembership": "account_team",
}
NUMBERED: Final = ("customers.contact", "customers.interaction", "customers.task")  # the trail keeps no names of these
ACTIONS: Final = {"insert": AuditEntry.Action.CREATE, "update": AuditEntry.Action.UPDATE}
MAKING: Final = frozenset({AuditEntry.Action.CREATE, AuditEntry.Action.GRANT})
LONGEST: Final = 120
PER_PAGE: Final = 50
SAME_ACT: Final = timedelta(minutes=10)  # the trail is written in the row's transaction, at most so much later

Pair: TypeAlias = Sequence[Any]
Key: TypeAlias = tuple[str, str, int]
Names: TypeAlias = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on the customer or on something of it."""

    at: datetime
    who: str
    action: str
    kind: str
    subject: str
    reason: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of the story, newest first."""

    entries: list[HistoryEntry]
    number: int
    has_next: bool


def history_of(
    customer: Customer, standings: Iterable[Standing], *, page: int = 1, per_page: int = PER_PAGE
) -> HistoryPage:
    """A page of acts, newest first, in a fixed number of statements. The caller has asked for the right to see them."""
    known = tuple(standings)
    kinds = [kind for kind, resource in RESOURCES.items() if allows(resource, Verb.READ, known)]
    classes = readable_classes(known)
    begin = (page - 1) * per_page
    found = list(moments_of(customer, kinds, classes)[begin : begin + per_page + 1])
    moments = found[:per_page]
    trail = _trail(customer, moments)
    told = {entry.pk: entry for entry in trail.values() if entry is not None}
    people = User.objects.in_bulk(
        {_user_of(moment) for moment in moments} | {entry.actor_id for entry in told.values()} - {None}
    )
    names = _names(moments)
    carried = {entry.pk for (source, *_rest), entry in trail.items() if source == "row" and entry is not None}
    own = own_fields_of(moments, told.values())
    entries = [
        _entry(moment, trail[_key(moment)], people, names, classes, own)
        for moment in moments
        if moment["told_from"] == "row" or moment["moment_id"] not in carried
    ]
    return HistoryPage([entry for entry in entries if entry is not None], page, len(found) > per_page)


def _key(moment: Mapping[str, Any]) -> Key:
    """What tells a moment from all others: each kind of row counts its states by itself."""
    return moment["told_from"], moment["of_kind"], moment["moment_id"]


def _user_of(moment: Mapping[str, Any]) -> int | None:
    user = (moment["came_from"] or {}).get("user")
    return int(user) if str(user or "").isdigit() else None


def _trail(customer: Customer, moments: Sequence[Mapping[str, Any]]) -> dict[Key, AuditEntry | None]:
    """What the audit trail says of each moment: of the same request, or else the next act on the row soon after."""
    acts = AuditEntry.objects.filter(
        customer_id=customer.pk,
        at__gte=min((moment["happened_at"] for moment in moments), default=customer.created_at),
        at__lte=max((moment["happened_at"] for moment in moments), default=customer.created_at) + SAME_ACT,
    ).order_by("at", "pk")
    by_row: dict[tuple[str, int], list[AuditEntry]] = {}
    by_key = {}
    for act in acts:
        by_row.setdefault((act.subject_type, act.subject_id or 0), []).append(act)
        by_key[act.pk] = act
    found: dict[Key, AuditEntry | None] = {}
    ends: dict[tuple[str, int], datetime] = {}
    for moment in moments:
        if moment["told_from"] == "act":
            found[_key(moment)] = by_key.get(moment["moment_id"])
            continue
        row = _told_as(moment)
        act = found[_key(moment)] = _act_of(moment, by_row.get(row, []), ends.get(row))
        ends[row] = moment["happened_at"]
        if act is not None:
            by_row[row].remove(act)
    return found


def _told_as(moment: Mapping[str, Any]) -> tuple[str, int]:
    """Kind and number of the row that the audit trail names when this one changes."""
    told_by = ROW_KINDS[moment["of_kind"]].told_by
    return (told_by[0], moment["after"][told_by[1]]) if told_by else (moment["of_kind"], moment["row_id"])


def _act_of(moment: Mapping[str, Any], acts: Sequence[AuditEntry], end: datetime | None) -> AuditEntry | None:
    """The act of the same request on the row before its next change; of several the one of its kind, then the latest.

    Changes of one transaction share a time, so that their acts are told apart by kind and order only.
    """
    begin = moment["happened_at"]
    latest = begin + SAME_ACT if end in (None, begin) else end
    request = (moment["came_from"] or {}).get("request_id") or ""
    fitting = [act for act in acts if begin <= act.at <= latest and act.request_id == request]
    made = moment["act"] == "insert"
    alike = [act for act in fitting if (act.action in MAKING) is made]
    return next(reversed(alike or fitting), None)


def _names(moments: Sequence[Mapping[str, Any]]) -> dict[str, dict[Any, str]]:
    """The names of what the rows point at, by model label: each model in one statement, whether or not it is named."""
    wanted: dict[type[Model], set[Any]] = {
        field.related_model: set() for kind in ROW_KINDS for field in _relations(kind)
    }
    wanted |= {model: wanted.get(model, set()) for model in map(apps.get_model, NUMBERED)}
    for moment in moments:
        if moment["told_from"] == "act" and moment["of_kind"] in NUMBERED:
            wanted[apps.get_model(moment["of_kind"])].add(moment["row_id"])
        for field in _relations(moment["of_kind"]):
            for values in (moment["before"] or {}, moment["after"] or {}):
                wanted[field.related_model].add(values.get(field.name))
    return {
        model._meta.label_lower: {pk: str(one) for pk, one in model._default_manager.in_bulk(keys - {None}).items()}
        for model, keys in wanted.items()
    }


def _relations(kind: str) -> list[Any]:
    if kind not in ROW_KINDS:
        return []
    fields = (apps.get_model(kind)._meta.get_field(name) for name in ROW_KINDS[kind].fields)
    return [field for field in fields if field.is_relation]


def _entry(
    moment: Mapping[str, Any],
    act: AuditEntry | None,
    people: Mapping[Any, User],
    names: Names,
    classes: frozenset[str],
    own: OwnFields,
) -> HistoryEntry | None:
    kind = moment["of_kind"]
    model = apps.get_model(kind)
    changes = _values(model, moment, names, classes, own) if moment["told_from"] == "row" else {}
    acted = {} if act is None else _acted(model, act, classes, own)
    if not changes and act is None:
        return None
    who = people.get(act.actor_id if act is not None else _user_of(moment))
    action = AuditEntry.Action(act.action if act is not None else ACTIONS[moment["act"]])
    return HistoryEntry(
        at=moment["happened_at"],
        who=str(who) if who else _("The system"),
        action=str(action.label),
        kind=str(model._meta.verbose_name),
        subject=_acted_on(act, names) or (_subject(moment, names) if moment["told_from"] == "row" else ""),
        reason=act.reason if act is not None else "",
        changes=tuple((acted | changes).values()),
    )


def _subject(moment: Mapping[str, Any], names: Names) -> str:
    """What the row is called by its own values."""
    values = moment["after"] or {}
    named = ROW_KINDS[moment["of_kind"]].named_by
    field = apps.get_model(moment["of_kind"])._meta.get_field(named)
    if field.is_relation and field.related_model is not None:
        return names[field.related_model._meta.label_lower].get(values.get(named), "")
    return str(values.get(named, ""))


def _acted_on(act: AuditEntry | None, names: Names) -> str:
    """What an act was about: by its name today where the trail keeps a number only."""
    if act is None:
        return ""
    if act.subject_type in NUMBERED:
        return names[act.subject_type].get(act.subject_id, "")
    return "" if act.subject_label.startswith("#") else act.subject_label


def _values(
    model: type[Model], moment: Mapping[str, Any], names: Names, classes: frozenset[str], own: OwnFields
) -> dict[str, Change]:
    """What differs between two states of a row, in words; of a new row what was filled in."""
    before, after = moment["before"] or {}, moment["after"] or {}
    told = own.changes(model, before.get("custom") or {}, after.get("custom") or {}, classes)
    return told | {
        name: _change(model, name, (before.get(name), after.get(name)), names)
        for name in readable_fields(moment["of_kind"], classes)
        if name != "custom"
        and before.get(name) != after.get(name)
        and not (before == {} and after.get(name) in (None, "", False))
    }


def _acted(model: type[Model], act: AuditEntry, classes: frozenset[str], own: OwnFields) -> dict[str, Change]:
    """What the trail kept: fields the reader may not read are absent, protected ones tell only that they changed."""
    protection = getattr(model, "field_classes", {})
    return {
        name: _change(model, name, pair, {})
        for name, pair in act.changes.items()
        if protection.get(name, "F0") in classes and not name.startswith(PREFIX)
    } | own.acted(model, act.changes, classes)


def _change(model: Any, name: str, pair: Pair, names: Names) -> Change:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return Change(str(PLAIN_NAMES.get(name, name)), _word(pair[0]), _word(pair[1]))
    label = str(getattr(field, "verbose_name", name))
    if MASK in pair:
        return Change(label, "", "")
    words = {str(value): str(text) for value, text in getattr(field, "flatchoices", ())}
    if field.is_relation and field.related_model is not None:
        words |= {str(pk): name for pk, name in names.get(field.related_model._meta.label_lower, {}).items()}
    before, after = (words.get(str(value), _word(value)) for value in pair)
    return Change(label, before, after)


PLAIN_NAMES: Final = {"tags": gettext_lazy("tags"), "tasks_moved": gettext_lazy("open tasks moved")}


def _word(value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
