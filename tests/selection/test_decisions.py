"""Two persons decide, exceptions need a reason and an end, snapshots never change, everybody who must know is told."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone
from pptx import Presentation

from accounts.models import AuditEntry
from jobs.models import Notification
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection import minutes
from selection.calculations.quadrants import quadrant_of
from selection.models import (
    Classification,
    CurrentScore,
    CustomerView,
    Decision,
    DecisionLine,
    Score,
    ScoringRun,
    Snapshot,
    SnapshotRow,
)
from selection.selectors.decisions import decision_sheet, moves_between, override_record
from selection.services import decisions
from selection.services.snapshots import take_snapshot
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.factories.teams import UnitAssignmentFactory
from tests.selection.approving import model_in_force

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CUT = Decimal("5.5")


@pytest.fixture
def world():
    """Four customers, one in each quadrant, a fifth without a view of us; the office, its director, a manager."""
    model = model_in_force()
    run = ScoringRun.objects.create(model=model, key="1", state="finished", cut=CUT)
    places = {
        "Key": (8, True),
        "Develop": (7, False),
        "Maintain": (4, True),
        "Opportunity": (3, False),
        "Unknown": (9, None),
    }
    customers = {}
    unit = None
    for rank, (name, (score, strong)) in enumerate(places.items(), start=1):
        customer = CustomerFactory(name=name, **({"org_unit": unit} if unit else {}))
        unit = customer.org_unit
        row = Score.objects.create(run=run, customer=customer, score=score, rank=rank, sales_units=10_000 * rank)
        CurrentScore.objects.create(customer=customer, source=row, score=score, rank=rank, tier="regular")
        if strong is not None:
            CustomerView.objects.create(
                customer=customer, is_strong=strong, ratio=1 if strong else Decimal("0.9"), is_hollow=False
            )
        customers[name] = customer
    people = personas.everybody(customers["Key"])
    return customers, people


@pytest.fixture
def office(world):
    return world[1]["programme_office"]


@pytest.fixture
def director(world):
    return world[1]["director"]


def drafted(office, **values) -> Decision:
    snapshot = take_snapshot(name="2026 Q4", by=office)
    return decisions.draft_decision(
        **({"snapshot_id": snapshot.pk, "title": "Key accounts 2027", "effective_on": TODAY, "by": office} | values)
    )


def line_of(decision: Decision, name: str) -> DecisionLine:
    return decision.lines.get(customer__name=name)


# Snapshots


def test_a_snapshot_places_customers_as_the_method_says(world, office):
    snapshot = take_snapshot(name="2026 Q4", by=office)

    rows = {row.customer.name: row for row in SnapshotRow.objects.filter(snapshot=snapshot).select_related("customer")}
    strong = dict(CustomerView.objects.values_list("customer__name", "is_strong"))
    for name, row in rows.items():
        assert row.quadrant == (quadrant_of(high=row.score >= CUT, strong=strong.get(name)) or "")
    assert {name: row.quadrant for name, row in rows.items()} == {
        "Key": "key", "Develop": "key_development", "Maintain": "maintenance", "Opportunity": "opportunistic",
        "Unknown": "",
    }  # fmt: skip


def test_who_is_not_classified_has_no_quadrant(world, office):
    CurrentScore.objects.filter(customer__name="Key").update(rank=None, provisional=True)
    snapshot = take_snapshot(name="x", by=office)
    assert SnapshotRow.objects.get(snapshot=snapshot, customer__name="Key").quadrant == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE selection_snapshot SET name = 'x'",
        "DELETE FROM selection_snapshot",
        "UPDATE selection_snapshotrow SET score = 1",
    ],
)
def test_a_snapshot_never_changes(world, office, statement):
    take_snapshot(name="2026 Q4", by=office)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_two_snapshots_show_who_moved(world, office):
    customers, people = world
    before = take_snapshot(name="Q3", by=office)
    CustomerView.objects.filter(customer=customers["Develop"]).update(is_strong=True)
    CurrentScore.objects.filter(customer=customers["Opportunity"]).delete()
    after = take_snapshot(name="Q4", by=office)

    moves = {move.name: move for move in moves_between(before, after, office)}

    assert set(moves) == {"Develop", "Opportunity"}
    assert (moves["Develop"].before.quadrant, moves["Develop"].after.quadrant) == ("key_development", "key")
    assert moves["Opportunity"].after is None
    assert moves_between(before, after, people["account_manager"]) == []  # he sees the first customer only


def test_only_the_office_takes_snapshots_and_only_after_a_scoring(world, office, director):
    with pytest.raises(NotAllowed):
        take_snapshot(name="x", by=director)
    CurrentScore.objects.all().delete()
    with pytest.raises(DomainError, match="scored"):
        take_snapshot(name="x", by=office)
    assert not Snapshot.objects.exists()


# The way of a decision


def test_a_draft_says_what_the_figures_say(world, office):
    decision = drafted(office)
    assert dict(decision.lines.values_list("customer__name", "chosen")) == {
        "Key": "key", "Develop": "key_development", "Maintain": "maintenance", "Opportunity": "opportunistic",
    }  # fmt: skip


def test_nobody_approves_what_he_proposed(world, office):
    office.roles = ["programme_office", "director"]
    office.save()
    UnitAssignmentFactory(unit=world[0]["Key"].org_unit, user=office, kind="leader")
    office.__dict__.pop("_reach", None)
    decision = decisions.propose(decision_id=drafted(office).pk, version=1, by=office)
    with pytest.raises(DomainError, match="Somebody else"):
        decisions.decide(decision_id=decision.pk, version=2, approve=True, remark="", by=office)


def test_a_director_decides_about_his_portfolio_only(world, office, director):
    stranger = CustomerFactory(name="Stranger")
    decision = drafted(office)
    decisions.add_customer(
        decision_id=decision.pk, customer_id=stranger.pk, chosen="key", reason="Reference",
        until=TODAY + timedelta(days=90), by=office,
    )  # fmt: skip
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    with pytest.raises(DomainError, match="Stranger"):
        decisions.decide(decision_id=decision.pk, version=2, approve=True, remark="", by=director)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"override_until": None}, "override_until"),
        ({"override_until": TODAY}, "override_until"),
        ({"override_until": TODAY + timedelta(days=367)}, "override_until"),
        ({"chosen": "emperor"}, "chosen"),
    ],
)
def test_an_exception_needs_a_reason_and_an_end(world, office, values, field):
    line = line_of(drafted(office), "Maintain")
    good = {"chosen": "key", "reason": "Reference", "override_until": TODAY + timedelta(days=90)}
    with pytest.raises(DomainError) as refusal:
        decisions.choose_class(line_id=line.pk, version=1, by=office, **(good | values))
    assert refusal.value.field == field
    line.refresh_from_db()
    assert line.chosen == "maintenance"


def test_a_second_person_brings_it_into_force_and_all_who_must_know_are_told(world, office, director):
    customers, people = world
    decision = drafted(office)
    decisions.choose_class(
        line_id=line_of(decision, "Maintain").pk, version=1, chosen="key", reason="Reference in a new market",
        override_until=TODAY + timedelta(days=90), by=office,
    )  # fmt: skip
    decisions.tell(decision_id=decision.pk, people=[people["service_agent"]], duty="Two days", by=office)
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    assert Notification.objects.filter(user=director, kind=decisions.WAITS).count() == 1

    decisions.decide(decision_id=decision.pk, version=2, approve=True, remark="Dissent: none", by=director)

    decision.refresh_from_db()
    assert decision.state == "in_force"
    assert Classification.objects.get(customer=customers["Maintain"]).kind == "key"
    assert Classification.objects.count() == 4
    assert override_record() == (1, 4)
    told = Notification.objects.filter(kind=decisions.TOLD).values_list("user", flat=True)
    assert set(told) == {people["service_agent"].pk, people["account_manager"].pk}
    assert decisions.acknowledge(decision_id=decision.pk, by=people["service_agent"])
    assert not decisions.acknowledge(decision_id=decision.pk, by=people["service_agent"])
    assert decision_sheet(decision, office).acknowledged == 1
    assert AuditEntry.objects.filter(subject_type="selection.decision", action="approve", actor=director).exists()


def test_a_later_day_waits_for_its_morning(world, office, director):
    decision = drafted(office, effective_on=TODAY + timedelta(days=10))
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    decisions.decide(decision_id=decision.pk, version=2, approve=True, remark="", by=director)
    assert not Classification.objects.exists()

    assert decisions.bring_due_decisions(today=TODAY + timedelta(days=9)) == {"applied": 0, "lapsed": 0}
    assert decisions.bring_due_decisions(today=TODAY + timedelta(days=10)) == {"applied": 1, "lapsed": 0}
    assert decisions.bring_due_decisions(today=TODAY + timedelta(days=10)) == {"applied": 0, "lapsed": 0}
    assert Classification.objects.count() == 4


def test_an_exception_that_ran_out_falls_back_to_the_figures(world, office, director):
    until = TODAY + timedelta(days=90)
    decision = drafted(office)
    decisions.choose_class(
        line_id=line_of(decision, "Maintain").pk, version=1, chosen="key", reason="x", override_until=until, by=office
    )
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    decisions.decide(decision_id=decision.pk, version=2, approve=True, remark="", by=director)

    assert decisions.bring_due_decisions(today=until)["lapsed"] == 0
    assert decisions.bring_due_decisions(today=until + timedelta(days=1))["lapsed"] == 1

    row = Classification.objects.get(customer__name="Maintain")
    assert (row.kind, row.override_until) == ("maintenance", None)
    assert Notification.objects.filter(user=office, kind=decisions.LAPSED).count() == 1


def test_the_next_decision_knows_what_was_and_only_changes_count(world, office, director):
    first = drafted(office)
    decisions.propose(decision_id=first.pk, version=1, by=office)
    decisions.decide(decision_id=first.pk, version=2, approve=True, remark="", by=director)
    CustomerView.objects.filter(customer__name="Develop").update(is_strong=True)

    second = drafted(office, title="Next quarter")

    assert line_of(second, "Develop").former == "key_development"
    assert decision_sheet(second, office).moved == 1


def test_two_at_once_and_a_stale_page_lose_nothing(world, office):
    line = line_of(drafted(office), "Key")
    values = {
        "chosen": "maintenance",
        "reason": "Leaves us",
        "override_until": TODAY + timedelta(days=30),
        "by": office,
    }
    decisions.choose_class(line_id=line.pk, version=1, **values)
    with pytest.raises(StaleVersion):
        decisions.choose_class(line_id=line.pk, version=1, **(values | {"chosen": "opportunistic"}))


def test_what_is_proposed_can_no_longer_be_changed_but_withdrawn(world, office):
    decision = drafted(office)
    line = line_of(decision, "Key")
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    with pytest.raises(DomainError, match="draft"):
        decisions.take_out(line_id=line.pk, version=1, by=office)
    assert decisions.withdraw(decision_id=decision.pk, version=2, by=office).state == "withdrawn"


def test_a_rejection_says_why(world, office, director):
    decision = drafted(office)
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    with pytest.raises(DomainError) as refusal:
        decisions.decide(decision_id=decision.pk, version=2, approve=False, remark=" ", by=director)
    assert refusal.value.field == "remark"


def test_people_see_the_lines_of_their_customers_only(world, office, director):
    people = world[1]
    decision = drafted(office)
    manager = people["account_manager"]
    assert not Decision.objects.visible_to(manager).exists()  # a draft is the office's own
    decisions.propose(decision_id=decision.pk, version=1, by=office)
    assert [line.customer.name for line in decision_sheet(decision, manager).lines] == ["Key"]
    assert not Decision.objects.visible_to(people["outsider"]).exists()


# Minutes and pages


def test_the_minutes_say_the_same_on_paper_and_on_slides(world, office, director):
    decision = drafted(office, title="重点客户 Müller & Söhne", purpose="Fewer, deeper <accounts>")
    sheet = decision_sheet(decision, office)

    pdf, slides = minutes.as_pdf(sheet), Presentation(io.BytesIO(minutes.as_slides(sheet)))

    assert pdf.startswith(b"%PDF-")
    texts = [
        cell.text
        for slide in slides.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    assert slides.slides[0].shapes.title.text == "重点客户 Müller & Söhne"
    for line in sheet.lines:
        for text in minutes.row_of(line, sheet):
            assert text in texts


def test_the_way_through_the_pages(client, world, office, director):
    people = world[1]
    client.force_login(office)
    client.post("/selection/snapshots/new/", {"name": "2026 Q4", "note": ""})
    snapshot = Snapshot.objects.get()
    assert "4 customers are placed" in client.get(f"/selection/snapshots/{snapshot.pk}/").content.decode()
    body = {"title": "Key accounts", "snapshot": snapshot.pk, "effective_on": TODAY.isoformat(), "purpose": ""}
    client.post("/selection/decisions/new/", body)
    decision = Decision.objects.get()
    line = line_of(decision, "Maintain")
    refused = client.post(f"/selection/decision-lines/{line.pk}/", {"chosen": "key", "reason": "", "version": 1})
    assert refused.status_code == 422
    assert "The figures say otherwise" in refused.content.decode()
    client.post(f"/selection/decisions/{decision.pk}/tell/", {"people": [people["finance"].pk], "duty": "Limits"})
    client.post(f"/selection/decisions/{decision.pk}/propose/", {"version": 1})

    client.force_login(director)
    assert client.get(f"/selection/decisions/{decision.pk}/approve/").status_code == 200
    client.post(f"/selection/decisions/{decision.pk}/approve/", {"version": 2, "remark": ""})
    client.force_login(people["finance"])
    assert "I have read it" in client.get(f"/selection/decisions/{decision.pk}/").content.decode()
    client.post(f"/selection/decisions/{decision.pk}/acknowledge/")
    assert "I have read it" not in client.get(f"/selection/decisions/{decision.pk}/").content.decode()

    assert Decision.objects.get().state == "in_force"
    for form in ("pdf", "pptx"):
        answer = client.get(f"/selection/decisions/{decision.pk}/minutes.{form}")
        assert answer.status_code == 200
    assert client.get(f"/selection/decisions/{decision.pk}/minutes.docx").status_code == 404
    assert client.get("/selection/decisions/").status_code == 200


def test_pages_need_a_constant_number_of_statements(client, world, office, django_assert_max_num_queries):
    decision = drafted(office)
    client.force_login(office)
    with django_assert_max_num_queries(14):
        client.get(f"/selection/decisions/{decision.pk}/")
    with django_assert_max_num_queries(14):
        client.get(f"/selection/snapshots/{decision.snapshot_id}/")


def test_the_day_is_never_in_the_past(world, office):
    with pytest.raises(DomainError) as refusal:
        drafted(office, effective_on=date(2020, 1, 1))
    assert refusal.value.field == "effective_on"
