"""A selection project: gates in order and of two persons, waivers never silent, reopening ends what came after."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Notification
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.models import Decision, ProjectMember, RoundRater, SelectionProject, SignOff
from selection.selectors.projects import changes_since, project_page, projects_seen_by, steps_to_remind
from selection.services import project_gates, project_parts, project_rounds, projects
from selection.services.market_maps import create_map
from selection.services.segments import create_segment
from tests import personas
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.selection.rounds import table

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FUNCTIONS = ("sales", "marketing", "operations", "technical", "finance", "service")


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def director():
    return personas.director(CustomerFactory())


@pytest.fixture
def project(office, director):
    return projects.start_project(
        name="Key accounts", starts_on=TODAY, purpose="Whom to serve", sponsor_id=director.pk, by=office
    )


def fill_objectives(project, by):
    for row in project.objectives.all():
        project_parts.save_objective(
            project_id=project.pk, objective_id=row.pk, version=row.version,
            values={"name": row.name, "measure": row.measure, "target": "10 %", "due_on": TODAY, "weight": row.weight},
            by=by,
        )  # fmt: skip


def state(project, step):
    found = SelectionProject.objects.get(pk=project.pk)
    return project_page(found).step(step).gate.state.value


def pass_with_waiver(project, step, office, director):
    project_gates.ask(project_id=project.pk, kind=step, reason="The market does not wait.", by=office)
    return project_gates.waive(project_id=project.pk, kind=step, by=director)


def sign_first(project, office, director):
    fill_objectives(project, office)
    project_gates.ask(project_id=project.pk, kind="objectives", by=office)
    return project_gates.sign_off(project_id=project.pk, kind="objectives", by=director)


def test_the_template_brings_ten_steps_defaults_and_a_day_for_the_recheck(project):
    assert project.steps.count() == 10
    assert sum(project.objectives.values_list("weight", flat=True)) == 100
    assert {mode.mode for mode in project.modes.all()} == {"hunter", "farmer", "key_account"}
    assert project.ends_on == TODAY + timedelta(weeks=8)
    assert project.recheck_on > project.ends_on + timedelta(days=350)
    assert state(project, "objectives") == "open"
    assert state(project, "resources") == "waiting"


def test_who_may_not_run_projects_cannot_start_one(director):
    with pytest.raises(NotAllowed):
        projects.start_project(name="Mine", starts_on=TODAY, by=director)


def test_a_gate_with_its_conditions_met_is_signed_by_a_second_person(project, office, director):
    word = sign_first(project, office, director)

    assert word.state == SignOff.State.SIGNED
    assert state(project, "objectives") == "signed"
    assert AuditEntry.objects.filter(subject_type="selection.selectionproject", action="approve").count() == 1
    assert Notification.objects.filter(user=director, kind="selection.gate").count() == 1
    assert Notification.objects.filter(user=office, kind="selection.turn").count() == 1


def test_the_database_refuses_one_person_for_both_words_and_a_silent_waiver(project, office, director):
    step = project.steps.get(kind="objectives")
    now = timezone.now()
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        SignOff.objects.create(step=step, state="signed", asked_by=office, decided_by=office, decided_at=now)
    with pytest.raises(IntegrityError, match="has_reason"), transaction.atomic():
        SignOff.objects.create(
            step=step, state="waived", conditions=[{"code": "x", "figures": {}}], asked_by=office, decided_by=director,
            decided_at=now,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="never_silent"), transaction.atomic():
        SignOff.objects.create(
            step=step, state="signed", conditions=[{"code": "x", "figures": {}}], asked_by=office, decided_by=director,
            decided_at=now,
        )  # fmt: skip


def test_open_conditions_pass_only_by_a_waiver_with_a_reason(project, office, director):
    with pytest.raises(DomainError, match="say why"):
        project_gates.ask(project_id=project.pk, kind="objectives", by=office)
    asked = project_gates.ask(project_id=project.pk, kind="objectives", reason="Targets come in May.", by=office)
    assert [one["code"] for one in asked.conditions] == ["objectives_measurable"]
    with pytest.raises(DomainError, match="Only a waiver"):
        project_gates.sign_off(project_id=project.pk, kind="objectives", by=director)

    project_gates.waive(project_id=project.pk, kind="objectives", by=director)

    page = project_page(SelectionProject.objects.get(pk=project.pk))
    assert [waiver.word.reason for waiver in page.waivers] == ["Targets come in May."]
    assert projects_seen_by(office).get(pk=project.pk).waiver_count == 1


def test_a_waiver_covers_what_was_open_when_it_was_asked_for_and_no_more(project, office, director):
    project_gates.ask(project_id=project.pk, kind="objectives", reason="Targets come in May.", by=office)
    project.objectives.all().delete()

    with pytest.raises(DomainError, match="More is open"):
        project_gates.waive(project_id=project.pk, kind="objectives", by=director)


def test_what_is_met_meanwhile_needs_no_waiver(project, office, director):
    project_gates.ask(project_id=project.pk, kind="objectives", reason="Targets come in May.", by=office)
    project.objectives.update(target="10 %", due_on=TODAY)

    with pytest.raises(DomainError, match="sign the gate off"):
        project_gates.waive(project_id=project.pk, kind="objectives", by=director)
    signed = project_gates.sign_off(project_id=project.pk, kind="objectives", by=director)
    assert signed.conditions == []


def test_a_director_who_asked_does_not_decide(project, director):
    both = UserFactory(full_name="Bea Both", roles=["director", "programme_office"])
    project_gates.ask(project_id=project.pk, kind="objectives", reason="Go on.", by=both)

    with pytest.raises(DomainError, match="Somebody else"):
        project_gates.waive(project_id=project.pk, kind="objectives", by=both)


def test_gates_open_in_order(project, office):
    with pytest.raises(DomainError, match="in order: Objectives"):
        project_gates.ask(project_id=project.pk, kind="team", reason="Go on.", by=office)


def test_the_office_does_not_sign_and_a_director_does_not_ask(project, office, director):
    with pytest.raises(NotAllowed):
        project_gates.ask(project_id=project.pk, kind="objectives", reason="Go on.", by=director)
    project_gates.ask(project_id=project.pk, kind="objectives", reason="Go on.", by=office)
    with pytest.raises(NotAllowed):
        project_gates.waive(project_id=project.pk, kind="objectives", by=office)


def test_a_refusal_sends_the_step_back_with_a_word(project, office, director):
    project_gates.ask(project_id=project.pk, kind="objectives", reason="Go on.", by=office)
    with pytest.raises(DomainError, match="Say why"):
        project_gates.refuse(project_id=project.pk, kind="objectives", remark=" ", by=director)

    project_gates.refuse(project_id=project.pk, kind="objectives", remark="Name targets.", by=director)

    assert state(project, "objectives") == "open"
    assert Notification.objects.filter(user=office, key__contains="refused").exists()


def test_what_was_signed_is_not_changed_under_the_signature(project, office, director):
    sign_first(project, office, director)
    row = project.objectives.first()

    with pytest.raises(DomainError, match="Open it again"):
        project_parts.drop_objective(project_id=project.pk, objective_id=row.pk, version=row.version, by=office)


def test_opening_a_step_again_ends_every_later_gate_and_says_why(project, office, director):
    sign_first(project, office, director)
    pass_with_waiver(project, "resources", office, director)
    pass_with_waiver(project, "team", office, director)

    ended = project_gates.reopen(project_id=project.pk, kind="resources", reason="Two people left.", by=office)

    assert {row.step.kind for row in ended} == {"resources", "team"}
    assert {row.ended_reason for row in ended} == {"Two people left."}
    assert (state(project, "objectives"), state(project, "team")) == ("signed", "waiting")
    assert project_page(SelectionProject.objects.get(pk=project.pk)).waivers == []
    with pytest.raises(DomainError, match="stands open"):
        project_gates.reopen(project_id=project.pk, kind="team", reason="Again.", by=office)


def test_all_ten_gates_end_the_project_and_the_recheck_begins_on_its_day(project, office, director):
    project_parts.add_member(project_id=project.pk, user_id=UserFactory().pk, function="sales", by=office)
    for step in project.steps.order_by("pk").values_list("kind", flat=True):
        pass_with_waiver(project, step, office, director)
    project.refresh_from_db()
    assert project.state == SelectionProject.State.DONE
    assert projects.bring_rechecks(today=project.recheck_on - timedelta(days=1)) == 0

    assert projects.bring_rechecks(today=project.recheck_on) == 1
    assert projects.bring_rechecks(today=project.recheck_on) == 0

    again = SelectionProject.objects.get(former=project)
    assert again.starts_on == project.recheck_on
    assert again.objectives.count() == 3
    assert again.members.count() == 1
    assert not SignOff.objects.filter(step__project=again).exists()
    assert Notification.objects.filter(user=office, kind="selection.recheck").count() == 1
    with pytest.raises(DomainError, match="re-check of this project already"):
        projects.start_project(name="Twice", starts_on=TODAY, former_id=project.pk, by=office)


def test_a_member_who_leaves_goes_from_open_rounds_and_the_gate_shows_it(office, director):
    desk = table()
    project = projects.start_project(name="Key accounts", starts_on=TODAY, sponsor_id=director.pk, by=desk.office)
    people = [*desk.raters, *(UserFactory() for _ in range(4))]
    members = [
        project_parts.add_member(
            project_id=project.pk, user_id=person.pk, function=function, by=desk.office,
            role="chair" if function == "sales" else "rater",
        )
        for person, function in zip(people, FUNCTIONS, strict=True)
    ]  # fmt: skip
    projects.change_project(
        project_id=project.pk, version=None, values={"purpose": "Whom", "rights": "The director"}, by=desk.office
    )
    projects.link_scoring(project_id=project.pk, version=None, factor_sets=[], rounds=[desk.round.pk], by=desk.office)
    sign_first(project, desk.office, director)
    pass_with_waiver(project, "resources", desk.office, director)
    project_gates.ask(project_id=project.pk, kind="team", by=desk.office)
    project_gates.sign_off(project_id=project.pk, kind="team", by=director)

    project_parts.let_member_leave(project_id=project.pk, member_id=members[1].pk, version=None, by=desk.office)

    assert RoundRater.objects.get(round=desk.round, user=people[1]).left_on is not None
    page = project_page(SelectionProject.objects.get(pk=project.pk))
    assert page.step("team").gate.state.value == "signed"
    assert page.step("team").gate.slipped == ("functions_covered",)


def test_members_come_in_once_and_the_sponsor_stays_beside(project, office, director):
    person = UserFactory()
    member = project_parts.add_member(project_id=project.pk, user_id=person.pk, function="sales", by=office)
    with pytest.raises(DomainError, match="already"):
        project_parts.add_member(project_id=project.pk, user_id=person.pk, function="sales", by=office)
    with pytest.raises(DomainError, match="sponsor"):
        project_parts.add_member(project_id=project.pk, user_id=director.pk, function="sales", by=office)
    assert SelectionProject.objects.visible_to(person).exists()

    project_parts.let_member_leave(project_id=project.pk, member_id=member.pk, version=member.version, by=office)
    assert not SelectionProject.objects.visible_to(person).exists()
    back = project_parts.add_member(project_id=project.pk, user_id=person.pk, function="finance", by=office)
    assert (back.pk, back.left_on) == (member.pk, None)


def test_a_function_answers_for_itself_and_dissent_needs_words(client, project, office, director):
    from selection.models import ScoringModel, ScoringRun, Snapshot

    person = UserFactory()
    project_parts.add_member(project_id=project.pk, user_id=person.pk, function="finance", by=office)
    with pytest.raises(DomainError, match="no result yet"):
        project_parts.answer_result(project_id=project.pk, answer="endorsed", words="", by=person)
    run = ScoringRun.objects.create(model=ScoringModel.objects.create(name="Model"), key="1")
    snapshot = Snapshot.objects.create(name="Q1", run=run, made_by=office)
    decision = Decision.objects.create(
        title="Key accounts", snapshot=snapshot, state="approved", effective_on=TODAY, drafted_by=office,
        decided_by=director,
    )  # fmt: skip
    projects.link_decision(project_id=project.pk, version=None, decision_id=decision.pk, by=office)

    with pytest.raises(DomainError, match="in what you differ"):
        project_parts.answer_result(project_id=project.pk, answer="dissented", words="", by=person)
    member = project_parts.answer_result(
        project_id=project.pk, answer="dissented", words="Credit was not asked.", by=person
    )

    pass_with_waiver(project, "objectives", office, director)
    client.force_login(office)
    page = client.get(reverse("selection:decision-detail", args=[decision.pk])).content.decode()
    assert "The market does not wait." in page
    assert project.name in page
    assert (member.answer, member.answer_note) == (ProjectMember.Answer.DISSENTED, "Credit was not asked.")
    with pytest.raises(ProjectMember.DoesNotExist):
        project_parts.answer_result(project_id=project.pk, answer="endorsed", words="", by=office)


def test_rows_of_the_resources_step_keep_their_versions_and_limits(project, office):
    made = project_parts.set_resource(
        project_id=project.pk, function="service", heads=Decimal(2), net_days=Decimal(200), day_rate=Decimal(500),
        by=office,
    )  # fmt: skip
    with pytest.raises(StaleVersion):
        project_parts.set_resource(
            project_id=project.pk, function="service", heads=Decimal(3), net_days=Decimal(200), day_rate=None,
            version=made.version + 1, by=office,
        )  # fmt: skip
    with pytest.raises(DomainError, match="between 0 and 366"):
        project_parts.set_mode(
            project_id=project.pk, mode="farmer", version=None, values={"effort": {"service": 400}}, by=office
        )
    mode = project_parts.set_mode(
        project_id=project.pk, mode="farmer", version=None,
        values={"effort": {"service": 3.0}, "customers": 40, "paid_as": "hunter", "measures": ["leads"]}, by=office,
    )  # fmt: skip
    page = project_page(SelectionProject.objects.get(pk=project.pk))
    assert mode.customers == 40
    assert "pay_fits_mode" in page.step("resources").gate.open_codes


def test_a_timetable_that_ends_first_is_refused(project, office):
    with pytest.raises(DomainError, match="ends after"):
        projects.change_project(project_id=project.pk, version=None, values={"ends_on": TODAY}, by=office)
    with pytest.raises(StaleVersion):
        projects.change_project(project_id=project.pk, version=99, values={"name": "Other"}, by=office)


def test_the_round_of_the_project_is_planned_from_its_team_and_linked_as_it_opens(office):
    desk = table()
    project = projects.start_project(name="Key accounts", starts_on=TODAY, by=desk.office)
    project_parts.add_member(
        project_id=project.pk, user_id=desk.raters[0].pk, function="sales", role="chair", by=desk.office
    )
    plan = project_rounds.planned_round(str(project.pk), by=desk.office)
    assert plan["raters"] == [desk.raters[0].pk]
    assert plan["chair"] == desk.raters[0]
    assert project_rounds.planned_round("nothing", by=desk.office) == {}

    made = project_rounds.open_for_project(
        project=str(project.pk), name="First", model_id=desk.model.pk, customer_ids=[desk.customers[0].pk],
        rater_ids=[desk.raters[0].pk], chair_id=desk.chair.pk, due_on=TODAY, today=TODAY, by=desk.office,
    )  # fmt: skip

    assert list(project.rounds.all()) == [made]
    page = project_page(SelectionProject.objects.get(pk=project.pk))
    assert "rounds_agreed" in page.step("attractiveness").gate.open_codes
    assert "candidates_named" not in page.step("strength").gate.open_codes


def test_map_and_segments_are_linked_and_lead_to_their_pages(client, project, office):
    segment = create_segment(name="Specialists", by=office)
    market = create_map(name="Food", unit="t", by=office)
    projects.link_market(project_id=project.pk, version=None, market_map_id=market.pk, segments=[segment.pk], by=office)
    client.force_login(office)

    for step, url in (
        ("market_map", reverse("selection:map-detail", args=[market.pk])),
        ("segments", reverse("selection:segment-detail", args=[segment.pk])),
    ):
        assert url in client.get(reverse("selection:project-step", args=[project.pk, step])).content.decode()
    page = project_page(SelectionProject.objects.get(pk=project.pk))
    assert page.step("market_map").gate.open_codes == ("map_published", "leverage_known")
    assert page.step("segments").gate.open_codes == ("segments_accepted", "segments_own_factors")


def test_reminders_go_to_who_is_next_near_the_day(project):
    first = project.steps.get(kind="objectives")
    assert steps_to_remind(first.due_on - timedelta(days=4)) == []
    assert steps_to_remind(first.due_on - timedelta(days=3)) == [first]
    assert steps_to_remind(first.due_on + timedelta(days=15)) == []


def test_what_changed_since_names_who_did_what(project, office, director):
    start = timezone.now()
    sign_first(project, office, director)

    entries = changes_since(project, start, office)

    assert [entry.actor for entry in entries[:2]] == [director, office]
    assert changes_since(project, timezone.now(), office) == []


def test_outsiders_see_nothing(project):
    assert not SelectionProject.objects.visible_to(personas.outsider()).exists()


@pytest.mark.parametrize("name", ["project-list", "project-detail", "project-update", "project-fit", "project-market"])
def test_pages_open_for_the_office(client, project, office, name):
    client.force_login(office)
    args = [] if name == "project-list" else [project.pk]

    assert client.get(reverse(f"selection:{name}", args=args)).status_code == 200


def test_the_list_tells_a_director_what_waits_and_leads_nobody_to_a_refusal(client, project, office, director):
    project_gates.ask(project_id=project.pk, kind="objectives", reason="Go on.", by=office)
    client.force_login(director)
    assert "wait for your word: 1" in client.get(reverse("selection:project-list")).content.decode()
    page = client.get(reverse("selection:project-step", args=[project.pk, "team"]))
    assert {remedy[0] for _condition, remedy in page.context["conditions"]} == {"#records"}


def test_every_step_has_a_page_that_says_what_is_open_and_where_to_mend_it(client, project, office):
    client.force_login(office)
    for step in project.steps.values_list("kind", flat=True):
        page = client.get(reverse("selection:project-step", args=[project.pk, step]))
        assert page.status_code == 200
        assert page.context["conditions"]
    assert client.get(reverse("selection:project-step", args=[project.pk, "nothing"])).status_code == 404


def test_a_waiver_is_shown_on_every_later_page_and_in_the_dossier(client, project, office, director):
    pass_with_waiver(project, "objectives", office, director)
    client.force_login(office)
    for name, args in (("project-detail", [project.pk]), ("project-step", [project.pk, "recheck"])):
        assert "The market does not wait." in client.get(reverse(f"selection:{name}", args=args)).content.decode()

    answer = client.get(reverse("selection:project-dossier", args=[project.pk]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_way_by_forms(client, project, office, director):
    client.force_login(office)
    page = client.get(reverse("selection:project-ask", args=[project.pk, "objectives"]))
    assert "reason" in page.context["form"].fields
    asked = client.post(reverse("selection:project-ask", args=[project.pk, "objectives"]), {"reason": "Go on."})
    assert asked.status_code == 302
    client.force_login(director)
    waived = client.post(reverse("selection:project-waive", args=[project.pk, "objectives"]), {"remark": "Once."})
    assert waived.status_code == 302
    assert state(project, "objectives") == "waived"
    client.post(reverse("selection:project-reopen", args=[project.pk, "objectives"]), {"reason": "Targets are in."})
    assert state(project, "objectives") == "open"


def test_the_rest_door_tells_steps_and_opens_gates(client, project, office, director):
    base = f"/api/v1/selection-projects/{project.pk}/"
    client.force_login(office)
    steps = client.get(f"{base}steps/").json()
    assert [step["number"] for step in steps] == list(range(1, 11))
    refused = client.post(f"{base}ask/", {"step": "objectives"}, content_type="application/json")
    assert refused.status_code == 422
    asked = client.post(f"{base}ask/", {"step": "objectives", "words": "Go on."}, content_type="application/json")
    assert asked.json()["state"] == "asked"
    assert client.post(f"{base}waive/", {"step": "objectives"}, content_type="application/json").status_code == 403
    client.force_login(director)
    waived = client.post(f"{base}waive/", {"step": "objectives"}, content_type="application/json")
    assert waived.json()["state"] == "waived"
    assert waived.json()["conditions"][1]["waived"] is True
    made = client.post(
        "/api/v1/selection-projects/", {"name": "Mine", "starts_on": date(2026, 1, 5).isoformat()},
        content_type="application/json",
    )  # fmt: skip
    assert made.status_code == 403
