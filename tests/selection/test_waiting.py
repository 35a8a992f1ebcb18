"""What waits for a person's word: a sheet until it is filled, scores for the chair, gates and decisions for others."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from customers.models import Customer
from selection.selectors.waiting import waiting_for
from selection.services import decisions, project_gates, projects
from selection.services.rounds import let_rater_leave, release_round
from tests.selection.rounds import DUE, TODAY, table
from tests.selection.test_decisions import drafted, world
from tests.selection.test_projects import director, fill_objectives, office, project

__all__ = ["director", "office", "project", "world"]

pytestmark = pytest.mark.django_db


def titles(person):
    return [one.title for one in waiting_for(person)]


def test_a_sheet_waits_for_its_rater_until_every_judged_cell_is_answered():
    at = table(customers=2)
    first, second = at.raters
    assert titles(at.chair) == []

    at.type(first, 0, "fit", "7")
    at.type(first, 0, "access", "?")

    [sheet] = waiting_for(first)
    assert (sheet.title, sheet.note, sheet.day) == ("Score your sheet: Key accounts", "2 cells are still empty", DUE)

    Customer.objects.filter(pk=at.customers[1].pk).update(deleted_at=Now())
    assert titles(first) == []
    Customer.objects.filter(pk=at.customers[1].pk).update(deleted_at=None)

    at.fill(first, "6")
    assert titles(first) == []
    assert titles(at.chair) == []

    let_rater_leave(round_id=at.round.pk, user_id=second.pk, today=TODAY, by=at.chair)
    assert titles(second) == []
    assert titles(at.chair) == ["Open the scores: Key accounts"]

    at.round.refresh_from_db()
    release_round(round_id=at.round.pk, version=at.round.version, by=at.chair)
    assert titles(at.chair) == ["Agree on the scores: Key accounts"]
    assert titles(first) == []


def test_a_gate_waits_for_its_person_first_and_then_for_a_second_one(project, office, director):
    assert titles(office) == ["Finish the step: Objectives"]
    assert titles(director) == []

    fill_objectives(project, office)
    project_gates.ask(project_id=project.pk, kind="objectives", by=office)

    assert titles(office) == []
    [gate] = waiting_for(director)
    assert gate.title == "Sign the gate: Objectives"
    assert gate.day == project.steps.get(kind="objectives").due_on

    project_gates.sign_off(project_id=project.pk, kind="objectives", by=director)
    assert titles(director) == []
    assert titles(office) == ["Finish the step: Resources and selling modes"]
    projects.call_off(project_id=project.pk, version=None, by=office)
    assert titles(office) == []


def test_a_decision_waits_for_a_second_person_with_the_right_and_then_for_those_who_are_told(world):
    people = world[1]
    office, director, manager = (people[who] for who in ("programme_office", "director", "account_manager"))
    decision = drafted(office)
    decisions.tell(decision_id=decision.pk, people=[manager], duty="Tell them", by=office)
    assert titles(director) == []

    decisions.propose(decision_id=decision.pk, version=None, by=office)

    assert titles(director) == ["Approve or reject: Key accounts 2027"]
    assert titles(office) == []
    assert titles(manager) == []

    decisions.decide(decision_id=decision.pk, version=None, approve=True, remark="", by=director)

    assert titles(director) == []
    [notice] = waiting_for(manager)
    assert (notice.title, notice.note) == ("Read and acknowledge: Key accounts 2027", "Tell them")
    decisions.acknowledge(decision_id=decision.pk, by=manager)
    assert titles(manager) == []
