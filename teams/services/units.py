"""Build the organisation, and give people their places in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib import words
from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.errors import DomainError, NotAllowed
from teams.models import OrgUnit, UnitAssignment

FIELDS: Final = frozenset({"name", "code", "parent_id"})


@transaction.atomic
def create_unit(*, values: Mapping[str, Any], by: User) -> OrgUnit:
    """A new part of the organisation. Raises NotAllowed, DomainError for a code that is taken."""
    _ask(by, Verb.CREATE)
    unit = OrgUnit(**_cleaned(values))
    _saved(lambda: unit.save(force_insert=True))
    unit.refresh_from_db(fields=["path"])
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=unit, changes={"code": [None, unit.code]})
    return unit


@transaction.atomic
def update_unit(*, unit_id: int, version: int | None, values: Mapping[str, Any], by: User) -> OrgUnit:
    """Rename a unit or move it with everything below; directors' portfolios move along."""
    unit: OrgUnit = OrgUnit.objects.visible_to(by).locked(unit_id, version)
    _ask(by, Verb.UPDATE)
    changes: dict[str, list[Any]] = _saved(lambda: unit.apply(_cleaned(values)))
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=unit, changes=changes)
    return unit


@transaction.atomic
def assign_person(*, unit_id: int, user_id: int, kind: str, valid_from: date, by: User) -> UnitAssignment:
    """Give somebody a place: leading a unit is the reach of a director, so nobody gives it to himself."""
    unit: OrgUnit = OrgUnit.objects.visible_to(by).get(pk=unit_id)
    _ask(by, Verb.UPDATE)
    if user_id == by.pk:
        raise NotAllowed("org_unit", Verb.UPDATE)
    person = User.objects.active().filter(pk=user_id).first()
    if person is None:
        raise DomainError(_("Choose somebody who works here."), field="user")
    if UnitAssignment.objects.on_day(valid_from).filter(unit=unit, user=person, kind=kind).exists():
        raise DomainError(_("This person has that place already."), field="user")
    place = UnitAssignment(unit=unit, user=person, kind=kind, valid_from=valid_from)
    _saved(lambda: place.save(force_insert=True))
    audit.record(action=AuditEntry.Action.GRANT, by=by, subject=place, changes={"kind": [None, kind]})
    return place


@transaction.atomic
def end_place(*, place_id: int, version: int | None, by: User, today: date) -> None:
    """Take a place back as of today; one that never held goes altogether."""
    place: UnitAssignment = UnitAssignment.objects.visible_to(by).locked(place_id, version)
    _ask(by, Verb.UPDATE)
    if place.user_id == by.pk:
        raise NotAllowed("org_unit", Verb.UPDATE)
    audit.record(action=AuditEntry.Action.REVOKE, by=by, subject=place, changes={"kind": [place.kind, None]})
    if place.valid_from >= today:
        place.delete()
    else:
        place.apply({"valid_to": today})


def _ask(by: User, verb: Verb) -> None:
    token = getattr(by, "api_token", None)
    if token is not None or not allows("org_unit", verb, global_standings(by.roles)):
        raise NotAllowed("org_unit", verb)


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - FIELDS:
        raise ValueError(f"No part of a unit: {sorted(unknown)}")
    known = dict(values)
    for name in ("name", "code"):
        if name in known:
            known[name] = words.clean_line(known[name])
            if not known[name]:
                raise DomainError(_("Fill this in."), field=name)
    return known


def _saved(write: Any) -> Any:
    """The outcome of a write, its refusal by the database as a sentence."""
    try:
        with transaction.atomic():
            return write()
    except (IntegrityError, ValidationError) as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name == "teams_orgunit_no_cycle":
            raise DomainError(_("A unit cannot stand below itself."), field="parent") from None
        if "code" in name:
            raise DomainError(_("Another unit has this code."), field="code") from None
        raise
