"""Keep what-ifs under a name, change them, and make a decision out of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.querysets import visible_customers
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import Decision, DecisionLine, QuadrantChoice, Scenario, ScenarioMove, Snapshot
from selection.services import decisions
from selection.services.policies import DAYS_OF_A_YEAR
from teams.models import TeamMembership

MOST_MOVES: Final = 50
MOST_DAYS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A customer put into a quadrant, with the sales expected there; None: as they are."""

    customer_id: int
    quadrant: str
    sales: Decimal | None = None


@transaction.atomic
def save_scenario(*, name: str, note: str = "", moves: Sequence[PlannedMove], by: User) -> Scenario:
    """Keep a what-if under a name, on the newest snapshot. Raises NotAllowed, DomainError, Customer.DoesNotExist."""
    if not permissions.can_save_scenarios(by):
        raise NotAllowed("scenario", Verb.CREATE)
    scenario = Scenario.objects.create(
        name=_named(name), note=words.clean_text(note), owner=by, snapshot=Snapshot.objects.first()
    )
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=scenario, changes={"moves": [None, len(moves)]})
    for move in moves:
        _put(scenario, move, by)
    return scenario


@transaction.atomic
def change_scenario(*, scenario_id: int, version: int | None, values: Mapping[str, Any], by: User) -> Scenario:
    """Change name, note, `capacity` {function: days} or `effort` {quadrant: {function: days}}.

    Raises DoesNotExist, StaleVersion, NotAllowed, and DomainError for a function or a number of days that cannot be.
    """
    scenario = _changeable(scenario_id, version, by)
    if unknown := set(values) - {"name", "note", "capacity", "effort"}:
        raise ValueError(f"No part of a scenario: {sorted(unknown)}")
    cleaned = dict(values)
    if "name" in cleaned:
        cleaned["name"] = _named(cleaned["name"])
    if "note" in cleaned:
        cleaned["note"] = words.clean_text(cleaned["note"])
    if "capacity" in cleaned:
        cleaned["capacity"] = _days(cleaned["capacity"], "capacity", most=MOST_DAYS)
    if "effort" in cleaned:
        cleaned["effort"] = _effort(cleaned["effort"])
    if changes := scenario.apply(cleaned):
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=scenario, changes=changes)
    return scenario


@transaction.atomic
def move_customer(*, scenario_id: int, move: PlannedMove, by: User) -> ScenarioMove:
    """Put a customer into a quadrant in this scenario; a second time replaces the first. Raises as `save_scenario`."""
    scenario = _changeable(scenario_id, None, by)
    kept = _put(scenario, move, by)
    scenario.touch()
    return kept


@transaction.atomic
def leave_customer(*, move_id: int, by: User, version: int | None = None) -> Scenario:
    """Let a customer stay where it stands. Raises DoesNotExist, StaleVersion, NotAllowed."""
    seen = ScenarioMove.objects.filter(customer__in=visible_customers(by, "score").order_by())
    move: ScenarioMove = seen.locked(move_id, version)
    scenario = _changeable(move.scenario_id, None, by)
    audit.record(
        action=AuditEntry.Action.UPDATE, by=by, subject=scenario, customer_id=move.customer_id,
        changes={"quadrant": [move.quadrant, None]},
    )  # fmt: skip
    move.delete()
    scenario.touch()
    return scenario


@transaction.atomic
def confirm_scenario(*, scenario_id: int, version: int | None, by: User) -> Scenario:
    """Say that the moves still hold on the newest snapshot. Raises DoesNotExist, StaleVersion, NotAllowed."""
    scenario = _changeable(scenario_id, version, by)
    if changes := scenario.apply({"snapshot": Snapshot.objects.first()}):
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=scenario, changes=changes)
    return scenario


@transaction.atomic
def delete_scenario(*, scenario_id: int, version: int | None, by: User) -> None:
    """Let go of a scenario; its history stays. Raises DoesNotExist, StaleVersion, NotAllowed."""
    scenario: Scenario = Scenario.objects.visible_to(by).locked(scenario_id, version)
    if not permissions.can_delete_scenarios(by):
        raise NotAllowed("scenario", Verb.DELETE)
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=scenario, changes={"name": [scenario.name, None]})
    scenario.delete()


@transaction.atomic
def draft_from_scenario(*, scenario_id: int, effective_on: date, until: date, by: User) -> Decision:
    """A decision drafted on the scenario's snapshot, with its moves as choices, each until `until` where it differs.

    Raises DoesNotExist, NotAllowed, DomainError for a scenario without a snapshot or whose snapshot is superseded.
    """
    scenario: Scenario = Scenario.objects.visible_to(by).select_for_update(of=("self",)).get(pk=scenario_id)
    newest = Snapshot.objects.first()
    if newest is None:
        raise DomainError(_("Take a snapshot first: decisions are made on one."))
    if scenario.snapshot_id != newest.pk:
        raise DomainError(_("A newer snapshot was taken. Look at the moves again and confirm them first."))
    drafted = decisions.draft_decision(
        snapshot_id=newest.pk,
        title=scenario.name,
        purpose=scenario.note,
        effective_on=effective_on,
        by=by,
    )
    reason = _("Scenario: %(name)s") % {"name": scenario.name}
    lines = {line.customer_id: line for line in DecisionLine.objects.filter(decision=drafted)}
    for move in scenario.moves.filter(customer__in=visible_customers(by, "score").order_by()).order_by("pk"):
        line = lines.get(move.customer_id)
        if line is None:
            decisions.add_customer(
                decision_id=drafted.pk, customer_id=move.customer_id, chosen=move.quadrant, reason=reason,
                until=until, by=by,
            )  # fmt: skip
        else:
            decisions.choose_class(
                line_id=line.pk, version=line.version, chosen=move.quadrant, reason=reason, override_until=until, by=by
            )
    return drafted


def _changeable(scenario_id: int, version: int | None, by: User) -> Scenario:
    scenario: Scenario = Scenario.objects.visible_to(by).locked(scenario_id, version)
    if not permissions.can_change_scenarios(by):
        raise NotAllowed("scenario", Verb.UPDATE)
    return scenario


def _named(name: str) -> str:
    cleaned = words.clean_line(name)[:100]
    if not cleaned:
        raise DomainError(_("Give the scenario a name."), field="name")
    return cleaned


def _put(scenario: Scenario, move: PlannedMove, by: User) -> ScenarioMove:
    customer = visible_customers(by, "score").get(pk=move.customer_id)
    if move.quadrant not in QuadrantChoice.values:
        raise DomainError(_("Choose one of the quadrants."), field="quadrant")
    if move.sales is not None and move.sales < 0:
        raise DomainError(_("Expected sales are never negative."), field="sales")
    kept = ScenarioMove.objects.select_for_update().filter(scenario=scenario, customer=customer).first()
    values = {"quadrant": move.quadrant, "sales": move.sales}
    if kept is None:
        if scenario.moves.count() >= MOST_MOVES:
            raise DomainError(_("A scenario moves %(most)s customers at most.") % {"most": MOST_MOVES})
        kept = ScenarioMove.objects.create(scenario=scenario, customer=customer, **values)
        changes: dict[str, list[Any]] = {name: [None, value] for name, value in values.items()}
    else:
        changes = kept.apply(values)
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=scenario, customer_id=customer.pk, changes=changes)
    return kept


def _effort(effort: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    if set(effort) - set(QuadrantChoice.values):
        raise DomainError(_("Choose one of the quadrants."), field="effort")
    cleaned = {quadrant: _days(days, "effort", most=DAYS_OF_A_YEAR) for quadrant, days in effort.items()}
    return {quadrant: days for quadrant, days in cleaned.items() if days}


def _days(days: Mapping[str, Any], field: str, *, most: int) -> dict[str, float]:
    if set(days) - set(TeamMembership.Function.values):
        raise DomainError(_("Choose a function of the account teams."), field=field)
    for value in days.values():
        if not 0 <= float(value) <= most:
            raise DomainError(_("Days lie between 0 and %(most)s.") % {"most": most}, field=field)
    return {function: float(value) for function, value in days.items()}
