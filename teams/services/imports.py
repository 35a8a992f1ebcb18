"""Bring the organisation in as rows: units with their codes and what they are part of, and who has which place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from accounts.services.naming import people_named
from kcrm.lib.access import Verb, allows, global_standings, token_allows
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from teams.models import OrgUnit, UnitAssignment

_NO_UNIT = gettext_lazy("There is no unit “%(name)s”; write a unit's code.")


def can_import_units(user: User) -> bool:
    """Who may bring units of the organisation in."""
    token = getattr(user, "api_token", None)
    if token is not None and not token_allows("org_unit", Verb.CREATE, token.scopes):
        return False
    return allows("org_unit", Verb.CREATE, global_standings(user.roles))


def save_units(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change units, known by their code; a parent may stand in any row. One outcome a row."""
    units = {unit.code.casefold(): unit for unit in OrgUnit.objects.select_for_update().order_by("pk")}
    outcomes = []
    for row in rows:
        try:
            outcomes.append(_save_unit(row, run, units))
        except DomainError as error:
            outcomes.append(Outcome.refused(row, error))
    return outcomes


def _save_unit(row: Row, run: Run, units: dict[str, OrgUnit]) -> Outcome:
    given = row.values
    values: dict[str, Any] = {"name": given["name"]}
    if "parent" in given:
        values["parent"] = units.get(str(given["parent"]).casefold())
        if values["parent"] is None:
            raise RowError(
                _NO_UNIT % {"name": given["parent"][:60]},
                field="parent",
                code="unmatched",
                worth_retrying=True,
            )
    for name, longest in (("name", 120), ("code", 40)):
        if len(given[name]) > longest:
            raise RowError(_("The text is too long."), field=name)
    unit = units.get(given["code"].casefold())
    if unit is None:
        unit = units[given["code"].casefold()] = OrgUnit.objects.create(code=given["code"], **values)
        unit.refresh_from_db(fields=["path"])
        parent = values.get("parent")
        image = Image("teams.orgunit", unit.pk, None, {"name": unit.name, "parent": parent.pk if parent else None})
        return _done(Done.CREATED, row, unit, {n: [None, v] for n, v in values.items() if v}, image, run)
    taken = {name: value for name, value in values.items() if run.takes(name, getattr(unit, name))}
    parent = taken.get("parent")
    if parent is not None and parent.path.startswith(unit.path):
        raise RowError(_("A unit cannot stand below itself."), field="parent")
    changes = unit.apply(taken)
    if not changes:
        return Outcome(row.number, Done.UNCHANGED, unit.pk, str(unit))
    if "parent" in changes:
        units.update({unit.code.casefold(): unit for unit in OrgUnit.objects.all()})
    before = {name: pair[0] for name, pair in changes.items()}
    after = {name: pair[1] for name, pair in changes.items()}
    return _done(Done.UPDATED, row, unit, changes, Image("teams.orgunit", unit.pk, before, after), run)


def can_import_places(user: User) -> bool:
    """Who may say who belongs where: leading a unit is the reach of a director, so no token may."""
    return getattr(user, "api_token", None) is None and allows("org_unit", Verb.UPDATE, global_standings(user.roles))


def save_places(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Give people places in the organisation, known by person, unit, kind and first day; one outcome a row.

    A row without a first day means the place that the person has there, or one from today.
    """
    units = {unit.code.casefold(): unit for unit in OrgUnit.objects.all()}
    people = people_named((row.values.get("person") for row in rows), run.source)
    known: dict[tuple[int, int, str], list[UnitAssignment]] = defaultdict(list)
    for place in UnitAssignment.objects.select_for_update().order_by("valid_from"):
        known[place.unit_id, place.user_id, place.kind].append(place)
    outcomes = []
    for row in rows:
        try:
            unit = units.get(str(row.values["unit"]).casefold())
            if unit is None:
                raise RowError(_NO_UNIT % {"name": row.values["unit"][:60]}, field="unit", code="unmatched")
            outcomes.append(_save_place(row, run, unit, people.get(row.values["person"], field="person"), known))
        except DomainError as error:
            outcomes.append(Outcome.refused(row, error))
    return outcomes


def _save_place(
    row: Row, run: Run, unit: OrgUnit, person: User, known: dict[tuple[int, int, str], list[UnitAssignment]]
) -> Outcome:
    given = row.values
    kind, last = given.get("kind", UnitAssignment.Kind.MEMBER), given.get("valid_to")
    places = known[unit.pk, person.pk, kind]
    place = next((one for one in places if one.valid_from == given.get("valid_from", one.valid_from)), None)
    label = f"{person} · {unit}"
    if place is not None and (last is None or last == place.valid_to or not run.takes("valid_to", place.valid_to)):
        return Outcome(row.number, Done.UNCHANGED, place.pk, label)
    if person.pk == run.by.pk:
        raise RowError(_("Nobody gives rights to himself."), field="person", code="not_allowed")
    first = place.valid_from if place is not None else given.get("valid_from", run.today)
    if last is not None and last <= first:
        raise RowError(_("The end lies before the beginning."), field="valid_to")
    if place is None:
        place = UnitAssignment.objects.create(unit=unit, user=person, kind=kind, valid_from=first, valid_to=last)
        places.append(place)
        after = {"kind": kind, "valid_from": first.isoformat(), "valid_to": last and last.isoformat()}
        image = Image("teams.unitassignment", place.pk, None, after)
        audit.record(
            action=AuditEntry.Action.GRANT, by=run.by, subject=place, changes={"kind": [None, kind]}, via="import"
        )
        return Outcome(row.number, Done.CREATED, place.pk, label, images=[image])
    shown = {name: [_iso(value) for value in pair] for name, pair in place.apply({"valid_to": last}).items()}
    audit.record(action=AuditEntry.Action.UPDATE, by=run.by, subject=place, changes=shown, via="import")
    before, after = ({name: pair[side] for name, pair in shown.items()} for side in (0, 1))
    image = Image("teams.unitassignment", place.pk, before, after)
    return Outcome(row.number, Done.UPDATED, place.pk, label, changes=shown, images=[image])


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _done(done: Done, row: Row, unit: OrgUnit, changes: dict[str, list[Any]], image: Image, run: Run) -> Outcome:
    action = AuditEntry.Action.CREATE if done is Done.CREATED else AuditEntry.Action.UPDATE
    audit.record(action=action, by=run.by, subject=unit, changes=changes, via="import")
    shown = {name: [getattr(v, "pk", v) for v in pair] for name, pair in changes.items()}
    return Outcome(row.number, done, unit.pk, str(unit), changes=shown, images=[image])
