"""Bring the organisation in as rows: units with their codes and what they are part of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb, allows, global_standings, token_allows
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from teams.models import OrgUnit


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
                _("There is no unit “%(name)s”; write a unit's code.") % {"name": given["parent"][:60]},
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


def _done(done: Done, row: Row, unit: OrgUnit, changes: dict[str, list[Any]], image: Image, run: Run) -> Outcome:
    action = AuditEntry.Action.CREATE if done is Done.CREATED else AuditEntry.Action.UPDATE
    audit.record(action=action, by=run.by, subject=unit, changes=changes, via="import")
    shown = {name: [getattr(v, "pk", v) for v in pair] for name, pair in changes.items()}
    return Outcome(row.number, done, unit.pk, str(unit), changes=shown, images=[image])
