"""Start a selection project from the method's defaults or from last year's, change it, link what it rests on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from jobs.notices import notification_kind
from jobs.services.notifications import notify
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.project_steps import months_later, timetable
from selection.calculations.quadrants import Quadrant
from selection.calculations.selection_team import LATEST_RECHECK_MONTHS, LONGEST_WEEKS
from selection.calculations.selling_modes import MEASURES, MODE_OF_QUADRANT, SellingMode
from selection.models import (
    Classification,
    Decision,
    MarketMap,
    ProjectMember,
    ProjectMode,
    ProjectObjective,
    ProjectResource,
    ProjectStep,
    ScoringModel,
    ScoringRound,
    Segment,
    SelectionProject,
    StepChoice,
)
from selection.selectors.policies import capacities, entitlements
from selection.services.project_rules import locked_project, note, require_open

RECHECK: Final = notification_kind("selection.recheck", gettext_lazy("A re-check of the selection begins"), email="now")
DAYS_OF_A_HEAD: Final = Decimal(200)
OBJECTIVES: Final = (
    (gettext_lazy("Grow with the customers of tomorrow"), gettext_lazy("sales growth of key accounts, a year"), 40),
    (gettext_lazy("Earn more where we commit more"), gettext_lazy("contribution of key accounts after service"), 30),
    (gettext_lazy("Give our days to those who matter"), gettext_lazy("share of all days spent on key accounts"), 30),
)
STEP_OF_FIELD: Final = {
    "purpose": StepChoice.TEAM,
    "rights": StepChoice.TEAM,
    "sponsor": StepChoice.TEAM,
    "starts_on": StepChoice.TEAM,
    "ends_on": StepChoice.TEAM,
    "meetings": StepChoice.TEAM,
    "fit": StepChoice.RESOURCES,
    "recheck_on": StepChoice.RECHECK,
}
"""The step under whose signature a field of the project stands; the others may change at any time."""


@transaction.atomic
def start_project(
    *,
    name: str,
    starts_on: date,
    by: User,
    purpose: str = "",
    leader_id: int | None = None,
    sponsor_id: int | None = None,
    former_id: int | None = None,
) -> SelectionProject:
    """A project with its ten steps: from the method's defaults, or as a re-check of an earlier one.

    Raises NotAllowed, DomainError, DoesNotExist for an earlier project that is out of sight.
    """
    if not permissions.can_run_projects(by):
        raise NotAllowed("selection_project", Verb.CREATE)
    if not name.strip():
        raise DomainError(_("Give the project a name."), field="name")
    leader = _person(leader_id, "leader") if leader_id else by
    sponsor = _person(sponsor_id, "sponsor") if sponsor_id else None
    if former_id is None:
        return _from_template(name.strip()[:120], purpose.strip(), starts_on, leader, sponsor, by)
    former = SelectionProject.objects.visible_to(by).get(pk=former_id)
    return copy_project(former, name=name.strip()[:120], starts_on=starts_on, leader=leader, sponsor=sponsor, by=by)


@transaction.atomic
def copy_project(
    former: SelectionProject,
    *,
    name: str,
    starts_on: date,
    leader: User,
    sponsor: User | None = None,
    by: User | None = None,
) -> SelectionProject:
    """The next project with the earlier one's objectives, resources, team and factor sets, and no signature of it.

    Called by `start_project` and by the scheduled re-check. Raises DomainError for one that is followed already.
    """
    if former.followers.exclude(state=SelectionProject.State.CALLED_OFF).exists():
        raise DomainError(_("There is a re-check of this project already."), field="former")
    made = _made(name, former.purpose, starts_on, leader, sponsor or former.sponsor, former=former)
    made.apply(
        {
            "rights": former.rights, "meetings": former.meetings, "fit": former.fit, "market_map": former.market_map,
        }
    )  # fmt: skip
    made.segments.set(former.segments.all())
    staying = former.members.filter(left_on=None, user__is_active=True)
    _copy_rows(ProjectObjective, former.objectives.all(), made, ("name", "measure", "target", "weight"))
    _copy_rows(ProjectResource, former.resources.all(), made, ("function", "heads", "net_days", "day_rate"))
    _copy_rows(ProjectMode, former.modes.all(), made, ("mode", "customers", "effort", "paid_as", "measures"))
    _copy_rows(ProjectMember, staying, made, ("user", "function", "role", "why"))
    responsible = {step.kind: step.responsible for step in former.steps.select_related("responsible")}
    _add_steps(made, {kind: user for kind, user in responsible.items() if user.is_active})
    made.factor_sets.set(former.factor_sets.all())
    note(made, by, AuditEntry.Action.CREATE, changes={"former": [None, str(former)]})
    return made


@transaction.atomic
def change_project(*, project_id: int, version: int | None, values: dict[str, Any], by: User) -> SelectionProject:
    """Change name, terms of reference, timetable, fit test or the day of the re-check.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError for what stands under a signature.
    """
    project = locked_project(project_id, version, by)
    if unknown := set(values) - {"name", "leader", *STEP_OF_FIELD}:
        raise ValueError(f"No part of a project: {sorted(unknown)}")
    for field, value in values.items():
        if field in STEP_OF_FIELD and getattr(project, field) != value:
            require_open(project, STEP_OF_FIELD[field])
    starts_on, ends_on = values.get("starts_on", project.starts_on), values.get("ends_on", project.ends_on)
    if ends_on <= starts_on:
        raise DomainError(_("A project ends after it starts."), field="ends_on")
    recheck_on = values.get("recheck_on", project.recheck_on)
    if recheck_on and recheck_on <= ends_on:
        raise DomainError(_("The re-check comes after the project."), field="recheck_on")
    if not values.get("name", project.name).strip():
        raise DomainError(_("Give the project a name."), field="name")
    if changes := project.apply(values):
        note(project, by, changes=changes)
    return project


@transaction.atomic
def change_step(*, project_id: int, kind: str, version: int | None, values: dict[str, Any], by: User) -> ProjectStep:
    """Say who sees to a step, by when, and what was found; the finding stands still under a signature.

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError.
    """
    project = locked_project(project_id, None, by)
    step: ProjectStep = project.steps.locked(project.steps.get(kind=kind).pk, version)
    if unknown := set(values) - {"responsible", "due_on", "finding"}:
        raise ValueError(f"No part of a step: {sorted(unknown)}")
    if values.get("finding", step.finding) != step.finding:
        require_open(project, kind)
    if changes := step.apply(values):
        note(project, by, changes={f"{kind}.{name}": pair for name, pair in changes.items()})
    return step


@transaction.atomic
def link_market(
    *, project_id: int, version: int | None, market_map_id: int | None, segments: Collection[int], by: User
) -> SelectionProject:
    """Say on which market map and for which segments this project selects. Raises as `change_project`."""
    project = locked_project(project_id, version, by)
    chosen = MarketMap.objects.visible_to(by).get(pk=market_map_id) if market_map_id else None
    if project.market_map != chosen:
        require_open(project, StepChoice.MARKET_MAP)
    before = str(project.market_map) if project.market_map else None
    changes: dict[str, list[Any]] = {}
    if project.apply({"market_map": chosen}):
        changes["market_map"] = [before, str(chosen) if chosen else None]
    if linked := _link(project, "segments", Segment, segments, by):
        require_open(project, StepChoice.SEGMENTS)
        changes["segments"] = linked
    return _linked(project, changes, by)


@transaction.atomic
def link_scoring(
    *, project_id: int, version: int | None, factor_sets: Collection[int], rounds: Collection[int], by: User
) -> SelectionProject:
    """Say with which factor sets and in which rounds this project scores. Raises as `change_project`."""
    project = locked_project(project_id, version, by)
    require_open(project, StepChoice.ATTRACTIVENESS)
    offered: tuple[tuple[str, Any, Collection[int]], ...] = (
        ("factor_sets", ScoringModel, factor_sets),
        ("rounds", ScoringRound, rounds),
    )
    found = {field: _link(project, field, model, keys, by) for field, model, keys in offered}
    return _linked(project, {field: pair for field, pair in found.items() if pair}, by)


@transaction.atomic
def link_decision(*, project_id: int, version: int | None, decision_id: int | None, by: User) -> SelectionProject:
    """Say which decision this project leads to. Raises as `change_project`."""
    project = locked_project(project_id, version, by)
    require_open(project, StepChoice.DECISION)
    decision = Decision.objects.visible_to(by).get(pk=decision_id) if decision_id else None
    before = str(project.decision) if project.decision else None
    if project.apply({"decision": decision}):
        note(project, by, changes={"decision": [before, str(decision) if decision else None]})
    return project


@transaction.atomic
def call_off(*, project_id: int, version: int | None, by: User) -> SelectionProject:
    """End a project before its time; all that was written stays. Raises as `change_project`."""
    project = locked_project(project_id, version, by)
    note(project, by, changes=project.apply({"state": SelectionProject.State.CALLED_OFF}))
    return project


def bring_rechecks(*, today: date) -> int:
    """What each morning does: begin the re-check of projects whose day has come; returns how many."""
    due = SelectionProject.objects.due_for_recheck(today)
    count = 0
    for key in due.values_list("pk", flat=True):
        with transaction.atomic():
            former = due.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
            if former is None:
                continue
            name = _("%(project)s, re-check %(year)s") % {"project": former.name[:90], "year": today.year}
            made = copy_project(former, name=name, starts_on=today, leader=former.leader)
            notify(
                user=made.leader,
                kind=RECHECK,
                key=f"recheck:{made.pk}",
                subject=gettext_lazy("The re-check of %(former)s has begun: %(project)s"),
                params={"former": former.name, "project": made.name},
                url=reverse("selection:project-detail", args=[made.pk]),
            )
            count += 1
    return count


def _link(project: SelectionProject, field: str, model: Any, keys: Collection[int], by: User) -> list[Any]:
    """Link exactly these rows, which the person must see; [before, after], empty where nothing changed."""
    wanted = list(model.objects.visible_to(by).filter(pk__in=set(keys)))
    if len(wanted) != len(set(keys)):
        raise DomainError(_("Choose from the list."), field=field)
    related = getattr(project, field)
    before = [str(row) for row in related.all()]
    related.set(wanted)
    after = [str(row) for row in related.all()]
    return [before, after] if before != after else []


def _linked(project: SelectionProject, changes: dict[str, list[Any]], by: User) -> SelectionProject:
    if changes:
        project.touch()
        note(project, by, changes=changes)
    return project


def _from_template(
    name: str, purpose: str, starts_on: date, leader: User, sponsor: User | None, by: User
) -> SelectionProject:
    made = _made(name, purpose, starts_on, leader, sponsor)
    _add_steps(made, {})
    ProjectObjective.objects.bulk_create(
        ProjectObjective(project=made, name=str(text), measure=str(measure), weight=weight)
        for text, measure, weight in OBJECTIVES
    )
    ProjectResource.objects.bulk_create(
        ProjectResource(
            project=made,
            function=row.function,
            heads=(row.days_a_year / DAYS_OF_A_HEAD).quantize(Decimal("0.01")),
            net_days=DAYS_OF_A_HEAD,
            day_rate=row.day_rate,
        )
        for row in capacities()
    )
    _add_modes(made)
    made.factor_sets.set(ScoringModel.objects.in_force())
    audit.record(action=AuditEntry.Action.CREATE, by=by, subject=made)
    return made


def _made(
    name: str,
    purpose: str,
    starts_on: date,
    leader: User,
    sponsor: User | None,
    former: SelectionProject | None = None,
) -> SelectionProject:
    ends_on = starts_on + timedelta(weeks=LONGEST_WEEKS)
    return SelectionProject.objects.create(
        name=name,
        purpose=purpose,
        leader=leader,
        sponsor=sponsor,
        starts_on=starts_on,
        ends_on=ends_on,
        recheck_on=months_later(ends_on, LATEST_RECHECK_MONTHS),
        former=former,
    )


def _add_steps(project: SelectionProject, responsible: dict[str, User]) -> None:
    ProjectStep.objects.bulk_create(
        ProjectStep(
            project=project,
            kind=step.value,
            responsible=responsible.get(step.value, project.leader),
            due_on=day,
        )
        for step, day in timetable(project.starts_on).items()
    )


def _add_modes(project: SelectionProject) -> None:
    """Each way of selling with the days of its quadrant's policy and the customers of the classes in force."""
    rules = entitlements()
    typical = {
        SellingMode.KEY_ACCOUNT: Quadrant.KEY,
        SellingMode.FARMER: Quadrant.MAINTENANCE,
        SellingMode.HUNTER: Quadrant.OPPORTUNISTIC,
    }
    kinds = Classification.objects.values_list("kind", flat=True)
    counted = [MODE_OF_QUADRANT[Quadrant(kind)] for kind in kinds]
    ProjectMode.objects.bulk_create(
        ProjectMode(
            project=project,
            mode=mode.value,
            customers=counted.count(mode),
            effort=dict(rules[typical[mode]].effort),
            paid_as=mode.value,
            measures=sorted(measure.value for measure in MEASURES[mode]),
        )
        for mode in SellingMode
    )


def _copy_rows(model: Any, rows: Any, project: SelectionProject, names: tuple[str, ...]) -> None:
    model.objects.bulk_create(model(project=project, **{name: getattr(row, name) for name in names}) for row in rows)


def _person(user_id: int, field: str) -> User:
    person = User.objects.active().filter(pk=user_id).first()
    if person is None:
        raise DomainError(_("Choose somebody who works here."), field=field)
    return person
