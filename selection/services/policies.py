"""Set what quadrants are entitled to and what there is to serve with; estimate what a customer could buy."""

from __future__ import annotations

from collections.abc import Mapping
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
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection import permissions
from selection.calculations.effort import DEFAULT_EFFORT
from selection.calculations.policies import DEFAULT_POLICIES
from selection.calculations.quadrants import Quadrant
from selection.models import Capacity, Potential, QuadrantRule
from teams.models import TeamMembership

DAYS_OF_A_YEAR: Final = 366
FIGURES: Final = (
    "contacts_a_year",
    "steering_meetings_a_year",
    "reviews_a_year",
    "cost_to_serve_cap",
    "owner_load_limit",
    "text",
)
POTENTIAL_FIELDS: Final = frozenset({"available_sales", "category_spend", "evidence", "note"})


@transaction.atomic
def set_rule(*, quadrant: str, version: int | None, values: Mapping[str, Any], by: User) -> QuadrantRule:
    """Say what a quadrant is entitled to. `version` 0 or None: nothing was said before.

    `values` may have the figures of `QuadrantRule` and `effort` {function: days}. Raises NotAllowed, StaleVersion, and
    DomainError for days that no year has or a function that no team knows.
    """
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    policy = DEFAULT_POLICIES[Quadrant(quadrant)]
    defaults: dict[str, Any] = {name: getattr(policy, name) for name in FIGURES if name != "text"}
    defaults |= {"cost_to_serve_cap": Decimal(str(policy.cost_to_serve_cap)), "effort": effort_of(quadrant)}
    rule, made = QuadrantRule.objects.select_for_update().get_or_create(quadrant=quadrant, defaults=defaults)
    if (version and rule.version != version) or (made and version):
        raise StaleVersion(_("Somebody else saved this first. Compare both versions and save again."), current=rule)
    cleaned = dict(values)
    if "effort" in cleaned:
        cleaned["effort"] = _cleaned_effort(cleaned["effort"])
    if "text" in cleaned:
        cleaned["text"] = words.clean_text(cleaned["text"])
    changes = rule.apply(cleaned)
    if changes:
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=rule, changes=changes)
    return rule


@transaction.atomic
def set_capacity(
    *, function: str, days_a_year: Decimal, day_rate: Decimal | None, by: User, version: int | None = None
) -> Capacity:
    """Say how many days a year a function has for accounts, and what one of them costs.

    `version` None asks no version. Raises NotAllowed, StaleVersion, DomainError.
    """
    if not permissions.can_edit_models(by):
        raise NotAllowed("scoring_model", Verb.UPDATE)
    if function not in TeamMembership.Function.values:
        raise DomainError(_("Choose a function of the account teams."), field="function")
    if days_a_year < 0 or (day_rate is not None and day_rate < 0):
        raise DomainError(_("Days and costs are never negative."), field="days_a_year")
    values = {"days_a_year": days_a_year, "day_rate": day_rate}
    capacity, made = Capacity.objects.select_for_update().get_or_create(function=function, defaults=values)
    if version and capacity.version != version:
        raise StaleVersion(_("Somebody else saved this first. Compare both versions and save again."), current=capacity)
    changes = {name: [None, value] for name, value in values.items()} if made else capacity.apply(values)
    if changes:
        action = AuditEntry.Action.CREATE if made else AuditEntry.Action.UPDATE
        audit.record(action=action, by=by, subject=capacity, changes=changes)
    return capacity


@transaction.atomic
def estimate_potential(
    *, customer_id: int, values: Mapping[str, Any], by: User, today: date, version: int | None = None
) -> Potential:
    """Write down what a customer could buy; `version` 0 or None where nothing was known before."""
    customer = visible_customers(by, "score").select_related("org_unit").get(pk=customer_id)
    if not permissions.can_rate(by, customer):
        raise NotAllowed("score_sheet", Verb.CREATE)
    if unknown := set(values) - POTENTIAL_FIELDS:
        raise ValueError(f"No part of a potential: {sorted(unknown)}")
    for name in ("available_sales", "category_spend"):
        if values.get(name) is not None and values[name] < 0:
            raise DomainError(_("What a customer could buy is never negative."), field=name)
    cleaned = {**values, "note": words.clean_text(values.get("note", "")), "estimated_on": today}
    potential, made = Potential.objects.select_for_update().get_or_create(
        customer=customer, defaults={**cleaned, "estimated_by": by}
    )
    if made:
        changes = {name: [None, value] for name, value in cleaned.items()}
    else:
        if version and potential.version != version:
            message = _("Somebody else saved this first. Compare both versions and save again.")
            raise StaleVersion(message, current=potential)
        changes = potential.apply({**cleaned, "estimated_by_id": by.pk}) if _differs(potential, cleaned) else {}
    if changes:
        action = AuditEntry.Action.CREATE if made else AuditEntry.Action.UPDATE
        audit.record(action=action, by=by, subject=potential, label=str(customer), changes=changes)
    return potential


def effort_of(quadrant: str) -> dict[str, float]:
    """The default days a year of an account of this quadrant, by function."""
    return dict(DEFAULT_EFFORT[Quadrant(quadrant)])


def _differs(potential: Potential, values: Mapping[str, Any]) -> bool:
    return any(getattr(potential, name) != value for name, value in values.items())


def _cleaned_effort(effort: Mapping[str, Any]) -> dict[str, float]:
    cleaned = {}
    for function, days in effort.items():
        if function not in TeamMembership.Function.values:
            raise DomainError(_("Choose a function of the account teams."), field="effort")
        if not 0 <= float(days) <= DAYS_OF_A_YEAR:
            raise DomainError(_("A year has 366 days at most."), field="effort")
        if days:
            cleaned[function] = float(days)
    return cleaned
