"""What the first three steps of a selection project write down: objectives, resources, ways of selling, the team."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from jobs.notices import notification_kind
from jobs.services.notifications import notify
from kcrm.lib.errors import DomainError
from selection.calculations.selling_modes import SellingMeasure
from selection.models import (
    ProjectMember,
    ProjectMode,
    ProjectObjective,
    ProjectResource,
    ScoringRound,
    SelectionProject,
    StepChoice,
)
from selection.services.project_rules import locked_project, note, note_row, require_open, require_running
from selection.services.rounds import let_rater_leave
from teams.models import TeamMembership

CALLED: Final = notification_kind("selection.team", gettext_lazy("You are asked into a selection team"))
MOST_ROWS: Final = 40


@transaction.atomic
def save_objective(
    *,
    project_id: int,
    values: dict[str, Any],
    by: User,
    objective_id: int | None = None,
    version: int | None = None,
) -> ProjectObjective:
    """Write down an objective, or change one. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    project = _open(project_id, StepChoice.OBJECTIVES, by)
    if not values.get("name", "x").strip():
        raise DomainError(_("Say what is to be reached."), field="name")
    if not 0 <= values.get("weight", 0) <= 100:
        raise DomainError(_("A weight lies between 0 and 100."), field="weight")
    if objective_id is None:
        if project.objectives.count() >= MOST_ROWS:
            raise DomainError(_("That is too many objectives to be any."))
        made = ProjectObjective.objects.create(project=project, **values)
        note(project, by, changes={"objective": [None, made.name]})
        return made
    found: ProjectObjective = project.objectives.locked(objective_id, version)
    name = found.name
    note_row(project, by, "objective", name, found.apply(values))
    return found


@transaction.atomic
def drop_objective(*, project_id: int, objective_id: int, version: int | None, by: User) -> SelectionProject:
    """Give up an objective. Raises as `save_objective`."""
    project = _open(project_id, StepChoice.OBJECTIVES, by)
    found: ProjectObjective = project.objectives.locked(objective_id, version)
    note(project, by, changes={"objective": [found.name, None]})
    found.delete()
    return project


@transaction.atomic
def set_resource(
    *,
    project_id: int,
    function: str,
    heads: Decimal,
    net_days: Decimal,
    day_rate: Decimal | None,
    by: User,
    version: int | None = None,
) -> ProjectResource:
    """Say how many days a function has and what one costs; no heads mean no days. Raises as `save_objective`.

    `version` is 0 where the form showed none yet.
    """
    project = _open(project_id, StepChoice.RESOURCES, by)
    if function not in TeamMembership.Function.values:
        raise DomainError(_("Choose a function."), field="function")
    if heads < 0 or not 0 <= net_days <= 366 or (day_rate is not None and day_rate < 0):
        raise DomainError(_("Heads, days and costs are never negative, and a year has 366 days at most."))
    values = {"heads": heads, "net_days": net_days, "day_rate": day_rate}
    found = project.resources.filter(function=function).first()
    if found is None:
        made = ProjectResource.objects.create(project=project, function=function, **values)
        note(project, by, changes={"resource": [None, function]})
        return made
    found = project.resources.locked(found.pk, version)
    note_row(project, by, "resource", function, found.apply(values))
    return found


@transaction.atomic
def set_mode(*, project_id: int, mode: str, version: int | None, values: dict[str, Any], by: User) -> ProjectMode:
    """Say how many customers are sold to in one way, what one takes, what its people are paid and measured on.

    Raises as `save_objective`.
    """
    project = _open(project_id, StepChoice.RESOURCES, by)
    found: ProjectMode = project.modes.locked(project.modes.get(mode=mode).pk, version)
    effort = values.get("effort", {})
    if set(effort) - set(TeamMembership.Function.values) or any(not 0 <= days <= 366 for days in effort.values()):
        raise DomainError(_("Days a year lie between 0 and 366."), field="effort")
    if set(values.get("measures", ())) - set(SellingMeasure):
        raise DomainError(_("Choose from the list."), field="measures")
    note_row(project, by, "mode", found.mode, found.apply(values))
    return found


@transaction.atomic
def add_member(
    *, project_id: int, user_id: int, function: str, by: User, role: str = ProjectMember.Role.RATER, why: str = ""
) -> ProjectMember:
    """Ask somebody into the team, or back into it. Raises as `save_objective`."""
    project = _open(project_id, StepChoice.TEAM, by)
    person = User.objects.active().filter(pk=user_id).first()
    if person is None:
        raise DomainError(_("Choose somebody who works here."), field="user")
    if project.sponsor_id == person.pk:
        raise DomainError(_("The sponsor stands beside the team and is not one of it."), field="user")
    values = {"function": function, "role": role, "why": why.strip()[:200], "left_on": None}
    member = project.members.filter(user=person).first()
    if member is not None and member.left_on is None:
        raise DomainError(_("%(person)s is in the team already.") % {"person": person}, field="user")
    if member is None:
        member = ProjectMember.objects.create(project=project, user=person, **values)
    else:
        member.apply(values)
    note(project, by, changes={"member": [None, str(person)]})
    notify(
        user=person,
        kind=CALLED,
        key=f"selection-team:{member.pk}:{member.version}",
        subject=gettext_lazy("You are asked into the selection team of %(project)s"),
        params={"project": project.name},
        url=reverse("selection:project-detail", args=[project.pk]),
    )
    return member


@transaction.atomic
def change_member(
    *, project_id: int, member_id: int, version: int | None, values: dict[str, Any], by: User
) -> ProjectMember:
    """Change function, role or why. Raises as `save_objective`."""
    project = _open(project_id, StepChoice.TEAM, by)
    member: ProjectMember = project.members.locked(member_id, version)
    if unknown := set(values) - {"function", "role", "why"}:
        raise ValueError(f"No part of a member: {sorted(unknown)}")
    note_row(project, by, "member", str(member), member.apply(values))
    return member


@transaction.atomic
def let_member_leave(
    *, project_id: int, member_id: int, version: int | None, by: User, today: date | None = None
) -> ProjectMember:
    """Let somebody go, also under a signed gate: people leave. Scores given stay, open sheets ask no more.

    The gate of the team then shows what it lost. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError.
    """
    project = locked_project(project_id, None, by)
    member: ProjectMember = project.members.filter(left_on=None).locked(member_id, version)
    today = today or timezone.localdate()
    member.apply({"left_on": today})
    note(project, by, changes={"member": [str(member), None]})
    seats = project.rounds.filter(
        state=ScoringRound.State.OPEN, raters__user=member.user_id, raters__left_on=None
    ).distinct()
    for key in list(seats.values_list("pk", flat=True)):
        let_rater_leave(round_id=key, user_id=member.user_id, today=today, by=by)
    return member


@transaction.atomic
def answer_result(*, project_id: int, answer: str, words: str, by: User) -> ProjectMember:
    """Stand behind the result on behalf of one's function, or dissent in words; may be changed while it runs.

    Raises DoesNotExist for who is not of the team, DomainError.
    """
    project: SelectionProject = SelectionProject.objects.visible_to(by).locked(project_id, None)
    require_running(project)
    member: ProjectMember = project.members.select_for_update(of=("self",)).get(user=by, left_on=None)
    if project.decision is None or project.decision.state not in {"approved", "in_force"}:
        raise DomainError(_("There is no result yet: it is there when the decision is approved."))
    if answer not in ProjectMember.Answer.values:
        raise DomainError(_("Choose from the list."), field="answer")
    if answer == ProjectMember.Answer.DISSENTED and not words.strip():
        raise DomainError(_("Say in what you differ: it stands in the dossier."), field="answer_note")
    member.apply({"answer": answer, "answer_note": words.strip()[:500], "answered_at": timezone.now()})
    note(project, by, changes={"answer": [None, answer]})
    return member


def _open(project_id: int, kind: str, by: User) -> SelectionProject:
    project = locked_project(project_id, None, by)
    require_open(project, kind)
    return project
