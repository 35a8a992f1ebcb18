"""Selection projects through REST: objectives, days, ways of selling, team, steps and what they rest on."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from selection.models import ProjectMember, ProjectObjective, SelectionProject
from selection.services import projects
from selection.services.market_maps import create_map
from tests import personas
from tests.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(office) -> Caller:
    return Caller(office)


@pytest.fixture
def project(office) -> SelectionProject:
    return projects.start_project(name="Key accounts", starts_on=timezone.localdate(), by=office)


def test_an_objective_is_written_changed_and_given_up(caller, project):
    made = caller.post("selection-objectives/", {"project": project.pk, "name": "Grow", "weight": 10})
    row = f"selection-objectives/{made.json()['id']}/"
    changed = caller.patch(row, {"target": "10 %"}, version=1)
    stale = caller.patch(row, {"target": "20 %"}, version=1)
    wrong = caller.patch(row, {"weight": 101}, version=2)
    gone = caller.delete(row, version=2)

    assert [one.status_code for one in (made, changed, stale, wrong, gone)] == [201, 200, 412, 400, 204]
    assert (changed.json()["target"], changed["ETag"]) == ("10 %", '"2"')
    assert stale.json()["current"]["target"] == "10 %"
    assert not ProjectObjective.objects.filter(name="Grow").exists()


def test_days_are_set_once_for_a_function_and_kept_where_they_are_not_named(caller, project):
    body = {"project": project.pk, "function": "service", "heads": "2", "net_days": "200", "day_rate": "640"}
    made = caller.post("selection-resources/", body)
    changed = caller.patch(f"selection-resources/{made.json()['id']}/", {"heads": "3"}, version=1)
    again = caller.post("selection-resources/", body | {"heads": "4"})

    assert (made.status_code, changed.status_code, again.status_code) == (201, 200, 201)
    assert (changed.json()["heads"], changed.json()["net_days"]) == ("3.00", "200.0")
    assert (again.json()["id"], again.json()["heads"]) == (made.json()["id"], "4.00")


def test_a_way_of_selling_says_what_it_takes(caller, project):
    mode = project.modes.first()
    body = {"customers": 12, "effort": {"service": 4.5}, "measures": ["retention"]}

    changed = caller.patch(f"selling-modes/{mode.pk}/", body, version=mode.version)
    wrong = caller.patch(f"selling-modes/{mode.pk}/", {"effort": {"nobody": 1}}, version=changed.json()["version"])

    assert (changed.status_code, changed.json()["effort"]) == (200, {"service": 4.5})
    assert wrong.status_code == 422


def test_somebody_joins_the_team_speaks_for_another_function_and_leaves(caller, project):
    person = UserFactory(full_name="Maria Rossi")
    made = caller.post("selection-members/", {"project": project.pk, "user": person.pk, "function": "finance"})
    row = f"selection-members/{made.json()['id']}/"
    twice = caller.post("selection-members/", {"project": project.pk, "user": person.pk, "function": "finance"})
    changed = caller.patch(row, {"function": "service"}, version=1)
    left = caller.delete(row, version=2)

    assert [one.status_code for one in (made, twice, changed, left)] == [201, 422, 200, 204]
    assert ProjectMember.objects.get(user=person).left_on == timezone.localdate()
    assert Caller(person).get("selection-members/", project=project.pk).json()["count"] == 0


def test_a_step_has_somebody_who_sees_to_it_and_a_finding(caller, project, office):
    step = project.steps.get(kind="objectives")
    body = {"responsible": office.pk, "due_on": "2030-01-31", "finding": "Agreed"}

    changed = caller.patch(f"selection-steps/{step.pk}/", body, version=step.version)
    nobody = caller.patch(f"selection-steps/{step.pk}/", {"responsible": 10**9}, version=step.version + 1)

    assert (changed.status_code, changed.json()["finding"]) == (200, "Agreed")
    assert nobody.status_code == 400


def test_a_project_is_linked_answered_for_fitted_and_called_off(caller, project, office):
    drawn = create_map(name="Market", by=office)
    base = f"selection-projects/{project.pk}/"
    linked = caller.post(f"{base}market/", {"market_map": drawn.pk, "segments": []}, version=project.version)
    unseen = caller.post(f"{base}scoring/", {"factor_sets": [10**9], "rounds": []}, version=linked.json()["version"])
    fitted = caller.patch(base, {"fit": {"potential": 80}, "leader": office.pk}, version=linked.json()["version"])
    unknown = caller.patch(base, {"fit": {"nothing": 80}}, version=fitted.json()["version"])
    too_early = caller.post(f"{base}answer/", {"answer": "endorsed"})
    over = caller.post(f"{base}call-off/", version=fitted.json()["version"])

    found = [one.status_code for one in (linked, unseen, fitted, unknown, too_early, over)]
    assert found == [200, 422, 200, 400, 404, 200]
    assert caller.get(f"{base}links/").json()["market_map"] == drawn.pk
    assert (fitted.json()["fit"], over.json()["state"]) == ({"potential": 80}, "called_off")
    assert AuditEntry.objects.filter(actor=office, subject_type="selection.selectionproject").count() >= 4


def test_who_only_reads_changes_nothing_and_who_sees_nothing_finds_nothing(project):
    objective = project.objectives.first()
    row = f"selection-objectives/{objective.pk}/"
    auditor, outsider = Caller(personas.auditor()), Caller(personas.outsider())
    reading = Caller.by_token(personas.programme_office(), "accounts:read")

    assert auditor.get(row).status_code == 200
    assert auditor.patch(row, {"name": "Mine"}, version=objective.version).status_code == 403
    assert outsider.patch(row, {"name": "Mine"}, version=objective.version).status_code == 404
    assert reading.patch(row, {"name": "Mine"}, version=objective.version).status_code == 403
    assert Caller(personas.director(CustomerFactory())).delete(row, version=objective.version).status_code == 403
    assert not ProjectObjective.objects.filter(name="Mine").exists()
