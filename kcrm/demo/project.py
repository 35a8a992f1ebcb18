"""The demo's selection project: three gates passed, one of them with open conditions, the next one on its way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from kcrm.demo.backdating import move_back
from kcrm.demo.people import DIRECTOR, PROGRAMME, People
from selection.models import (
    Decision,
    MarketMap,
    ProjectMember,
    ScoringModel,
    Segment,
    SelectionProject,
    SignOff,
    StepChoice,
)
from selection.services import project_gates, project_parts, projects

BEGAN: Final = timedelta(days=23)
PURPOSE: Final = (
    "Choose whom our people's days belong to in the next three years. Prices and credit are not part of it."
)
RIGHTS: Final = "The team scores and proposes. The vice president decides. Finance can ask for a second look."
TARGETS: Final = ("8 % a year", "12 % of net sales after service", "60 % of all days")
FIT: Final = {
    "concentration": 65, "purchase_complexity": 45, "number_of_contacts": 50, "potential": 75, "customers_willing": 60,
    "able_to_tailor": 55,
}  # fmt: skip
CUSTOMERS: Final = {"key_account": 5, "farmer": 14, "hunter": 30}
SEATS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("4", "sales", ProjectMember.Role.CHAIR, "Knows the large stores best"),
    ("3", "marketing", ProjectMember.Role.RATER, "Owns the category plans"),
    ("1", "operations", ProjectMember.Role.RATER, "Runs the delivery round"),
    ("7", "technical", ProjectMember.Role.RATER, "Checks what own label needs"),
    ("hannah.sommer", "finance", ProjectMember.Role.RATER, "Sees cost to serve"),
    ("li.wei", "service", ProjectMember.Role.RATER, "Hears the complaints first"),
)
PASSED: Final = {StepChoice.OBJECTIVES: 18, StepChoice.RESOURCES: 12, StepChoice.TEAM: 7}
WAIVER: Final = "Two more people start in the service desk in spring; the plan counts with them."


def run_project(people: People, *, rounds: list[int], today: date) -> SelectionProject:
    """Begin the project as its people would, and bring it to the fourth gate."""
    office, director = people.employees[PROGRAMME], people.employees[DIRECTOR]
    project = projects.start_project(
        name=f"Key accounts {today.year + 1}",
        starts_on=today - BEGAN,
        purpose=PURPOSE,
        sponsor_id=director.pk,
        by=office,
    )
    _write_down(project, people, office)
    for kind, days in PASSED.items():
        _pass(project, kind, office, director)
        words = SignOff.objects.filter(step__project=project, step__kind=kind)
        move_back(words, ["asked_at", "decided_at"], days=days)
    _link(project, office, rounds)
    return project


def _write_down(project: SelectionProject, people: People, office: User) -> None:
    """Objectives, days, ways of selling and the team."""
    for row, target in zip(project.objectives.order_by("-weight", "pk"), TARGETS, strict=True):
        _change_objective(project, row, {"target": target, "due_on": project.recheck_on}, office)
    projects.change_project(project_id=project.pk, version=None, values={"rights": RIGHTS, "fit": FIT}, by=office)
    project_parts.set_resource(
        project_id=project.pk, function="service", heads=Decimal("0.4"), net_days=Decimal(200),
        day_rate=Decimal(340), by=office,
    )  # fmt: skip
    for row in project.modes.all():
        values = {"customers": CUSTOMERS[row.mode], "effort": row.effort, "measures": row.measures}
        project_parts.set_mode(project_id=project.pk, mode=row.mode, version=None, values=values, by=office)
    for key, function, role, why in SEATS:
        person = people.employees.get(key) or people.others[key]
        project_parts.add_member(
            project_id=project.pk, user_id=person.pk, function=function, role=role, why=why, by=office
        )
    projects.change_step(
        project_id=project.pk,
        kind=StepChoice.MARKET_MAP,
        version=None,
        values={"responsible": people.employees["3"]},
        by=office,
    )


def _change_objective(project: SelectionProject, row: Any, values: dict[str, Any], office: User) -> None:
    project_parts.save_objective(
        project_id=project.pk, objective_id=row.pk, version=None, values={"name": row.name, **values}, by=office
    )


def _pass(project: SelectionProject, kind: str, office: User, director: User) -> None:
    """Ask and sign; where a condition is open, with a reason that the director accepts."""
    asked = project_gates.ask(project_id=project.pk, kind=kind, reason=WAIVER, by=office)
    decide = project_gates.waive if asked.is_waiver else project_gates.sign_off
    decide(project_id=project.pk, kind=kind, by=director)


def _link(project: SelectionProject, office: User, rounds: list[int]) -> None:
    """Rounds, factor sets and the decision that waits; map and segments, where the demo has them, and then the word of
    the director is asked for."""
    sets = list(ScoringModel.objects.in_force().values_list("pk", flat=True))
    projects.link_scoring(project_id=project.pk, version=None, factor_sets=sets, rounds=rounds, by=office)
    waiting = Decision.objects.filter(state=Decision.State.PROPOSED).order_by("-pk").first()
    if waiting is not None:
        projects.link_decision(project_id=project.pk, version=None, decision_id=waiting.pk, by=office)
    chosen = MarketMap.objects.filter(state=MarketMap.State.PUBLISHED).order_by("pk").first()
    accepted = list(Segment.objects.filter(state=Segment.State.ACCEPTED).values_list("pk", flat=True))
    if chosen is None:
        return
    projects.link_market(project_id=project.pk, version=None, market_map_id=chosen.pk, segments=accepted, by=office)
    project_gates.ask(project_id=project.pk, kind=StepChoice.MARKET_MAP, reason="The next edition follows.", by=office)
