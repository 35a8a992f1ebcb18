"""Scoring rounds of a selection project: planned from its team and from last year's, linked as they open."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from customers.querysets import visible_customers
from selection.models import ProjectMember, ScoringModel, ScoringRound, SelectionProject, StepChoice
from selection.selectors.project_facts import candidates
from selection.services.project_rules import locked_project, note, require_open
from selection.services.rounds import open_round


def planned_round(project: str, *, by: User) -> dict[str, Any]:
    """What the next round of a project would be: its team, its factor set, its own or last year's candidates.

    Nothing for an empty or unknown number.
    """
    found = _project(project, by)
    if found is None:
        return {}
    members = list(found.members.filter(left_on=None).select_related("user"))
    chair = next((member.user for member in members if member.role == ProjectMember.Role.CHAIR), by)
    scored = candidates(found)
    if found.former and not scored.exists():
        scored = candidates(found.former)
    plan: dict[str, Any] = {
        "name": found.name,
        "purpose": found.purpose,
        "raters": [member.user_id for member in members if member.role != ProjectMember.Role.ADVISER],
        "chair": chair,
        "customers": list(visible_customers(by).filter(pk__in=scored).values_list("pk", flat=True)),
    }
    model = found.factor_sets.filter(state=ScoringModel.State.ACTIVE).first()
    return plan | ({"model": model} if model else {})


@transaction.atomic
def open_for_project(*, project: str, by: User, **values: Any) -> ScoringRound:
    """Open a round, and link it to the project of this number if there is one. Raises as `open_round`.

    Raises DomainError as well where the project's step stands under a signature.
    """
    made = open_round(by=by, **values)
    found = _project(project, by)
    if found is not None:
        found = locked_project(found.pk, None, by)
        require_open(found, StepChoice.ATTRACTIVENESS)
        found.rounds.add(made)
        found.touch()
        note(found, by, changes={"rounds": [None, str(made)]})
    return made


def _project(number: str, by: User) -> SelectionProject | None:
    if not number.isdecimal():
        return None
    rows = SelectionProject.objects.visible_to(by).select_related("former")
    return rows.filter(pk=int(number), state=SelectionProject.State.RUNNING).first()
