"""Rounds, scenarios, segments, maps, views, relationships and cells through REST, with the refusals of their pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Task
from selection.models import CellText, CustomerView, Scenario, ScenarioMove
from selection.services.customer_views import name_alternative, save_factor
from selection.services.market_maps import create_map
from selection.services.models import create_model
from selection.services.relationships import set_bonds
from selection.services.rounds import open_round
from selection.services.scenarios import PlannedMove, save_scenario
from selection.services.segments import create_segment, update_segment
from selection.services.snapshots import take_snapshot
from tests import personas
from tests.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.selection.placing import place

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def caller(office) -> Caller:
    return Caller(office)


def test_a_round_is_put_off_grown_handed_on_and_called_off(caller, office):
    judged = [{"key": "fit", "kind": "judged", "weight": 100}]
    model, rater, late = create_model(name="Model", factors=judged, by=office), UserFactory(), UserFactory()
    found = open_round(
        name="Round", model_id=model.pk, customer_ids=[CustomerFactory().pk], rater_ids=[rater.pk],
        chair_id=office.pk, due_on=TODAY, today=TODAY, by=office,
    )  # fmt: skip
    base = f"scoring-rounds/{found.pk}/"
    body = {"due_on": (TODAY + timedelta(days=9)).isoformat(), "add_raters": [late.pk]}
    changed = caller.patch(base, body, version=found.version)
    stale = caller.patch(base, {"name": "Mine"}, version=found.version)
    edition = caller.post(f"{base}edition/", {"model": 10**9}, version=changed.json()["version"])
    left = caller.post(f"{base}leave/", {"user": rater.pk})
    unseen = Caller(personas.outsider()).post(f"{base}cancel/", version=1)
    cancelled = caller.post(f"{base}cancel/", version=changed.json()["version"])

    answers = (changed, stale, edition, left, unseen, cancelled)
    assert [one.status_code for one in answers] == [200, 412, 422, 200, 404, 200]
    assert list(found.raters.filter(left_on=None).values_list("user", flat=True)) == [late.pk]
    assert cancelled.json()["state"] == "cancelled"


def test_a_scenario_is_confirmed_decided_on_and_let_go(caller, office, run):
    customer = place(run, 8, -1)
    take_snapshot(name="2026 Q4", by=office)
    scenario = save_scenario(name="What if", moves=[PlannedMove(customer.pk, "key")], by=office)
    base, move = f"scenarios/{scenario.pk}/", scenario.moves.get()
    confirmed = caller.post(f"{base}confirm/", version=scenario.version)
    days = {"effective_on": TODAY.isoformat(), "until": (TODAY + timedelta(days=90)).isoformat()}
    drafted = caller.post(f"{base}decide/", days)
    token = Caller.by_token(office, "accounts:read", "accounts:write").post(f"{base}decide/", days)
    stale = caller.delete(f"scenario-moves/{move.pk}/", version=9)
    left = caller.delete(f"scenario-moves/{move.pk}/", version=move.version)
    gone = caller.delete(base, version=caller.get(base).json()["version"])

    answers = (confirmed, drafted, token, stale, left, gone)
    assert [one.status_code for one in answers] == [200, 201, 403, 412, 204, 204]
    assert caller.get(f"decisions/{drafted.json()['decision']}/").json()["state"] == "draft"
    assert not Scenario.objects.exists()
    assert not ScenarioMove.objects.exists()


def test_a_rule_brings_customers_into_their_segment(caller, office):
    customer = CustomerFactory(industry="Grocery")
    segment = create_segment(name="Grocers", by=office)
    segment = update_segment(
        segment_id=segment.pk, version=segment.version, values={"rule": {"industries": ["Grocery"]}}, by=office
    )
    stale = caller.post(f"segments/{segment.pk}/apply/", {}, version=99)
    applied = caller.post(f"segments/{segment.pk}/apply/", {}, version=segment.version)

    assert (stale.status_code, applied.status_code) == (412, 200)
    assert applied.json() == {"moved": [customer.pk], "unchanged": [], "refused": []}
    refused = Caller(personas.auditor()).post(f"segments/{segment.pk}/apply/", {}, version=segment.version)
    assert refused.status_code == 403


def test_customers_hang_on_a_node_of_a_map(caller, office):
    drawn = create_map(name="Market", by=office)
    nodes = [{"name": "Makers", "level": "supplier"}, {"name": "Shops", "level": "us"}]
    body = {"nodes": nodes, "flows": []}
    key = caller.patch(f"market-maps/{drawn.pk}/", body, version=drawn.version).json()["nodes"][0]["key"]
    customer = CustomerFactory()

    hung = caller.post(f"market-maps/{drawn.pk}/accounts/", {"node": key, "customers": [customer.pk]})
    strange = caller.post(f"market-maps/{drawn.pk}/accounts/", {"node": key, "customers": [10**9]})
    nowhere = caller.post(f"market-maps/{drawn.pk}/accounts/", {"node": "nowhere", "customers": []})

    assert [one.status_code for one in (hung, strange, nowhere)] == [200, 422, 404]


@pytest.fixture
def seen():
    """A customer with two factors and a rival, and its account manager."""
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    rival = name_alternative(customer_id=customer.pk, kind="rival", name="Rival", by=manager, today=TODAY)
    scores = [{"alternative_id": None, "score": Decimal(4)}, {"alternative_id": rival.pk, "score": Decimal(8)}]
    for name in ("Price", "Delivery"):
        values = {"name": name, "weight": Decimal(30)}
        save_factor(customer_id=customer.pk, values=values, scores=scores, by=manager, today=TODAY)
    return customer, manager


def test_a_view_is_described_balanced_and_asked_about(seen):
    customer, manager = seen
    caller, view = Caller(manager), CustomerView.objects.get(customer=customer)
    base = f"customer-views/{view.pk}/"
    described = caller.post(
        f"{base}describe/", {"sole_source": True, "verified_on": TODAY.isoformat()}, version=view.version
    )
    stale = caller.post(f"{base}describe/", {"sole_source": False, "verified_on": None}, version=view.version)
    balanced = caller.post(f"{base}weights/")
    asked = caller.post("customer-views/ask/", {"customers": [customer.pk]})
    unseen = caller.post("customer-views/ask/", {"customers": [CustomerFactory().pk]})

    answers = (described, stale, balanced, asked, unseen)
    assert [one.status_code for one in answers] == [200, 412, 200, 200, 404]
    assert described.json()["sole_source"] is True
    weights = caller.get("view-factors/", customer=customer.pk, fields="weight").json()["results"]
    assert [one["weight"] for one in weights] == ["50.00", "50.00"]
    assert asked.json()["tasks"] == Task.objects.filter(customer=customer).count()


def test_a_gap_becomes_one_task(seen):
    customer, manager = seen
    caller = Caller(manager)
    factor = caller.get("view-factors/", customer=customer.pk).json()["results"][0]["id"]

    first, second = caller.post(f"view-factors/{factor}/close/"), caller.post(f"view-factors/{factor}/close/")
    reader = Caller(personas.team_reader(customer)).post(f"view-factors/{factor}/close/")
    token = Caller.by_token(manager, "accounts:read", "accounts:write").post(f"view-factors/{factor}/close/")

    assert Task.objects.get(customer=customer).pk == first.json()["task"]
    assert second.json() == {"task": None}
    assert (reader.status_code, token.status_code) == (403, 403)


def test_what_leaving_costs_is_said_item_by_item():
    customer = CustomerFactory()
    manager = personas.account_manager(customer)
    head = set_bonds(customer_id=customer.pk, bonds={"personal": (3, "")}, by=manager, today=TODAY)
    base = f"relationships/{head.pk}/leaving/"
    said = Caller(manager).post(base, {"tooling": "1200.50", "locked_in": "both"}, version=head.version)
    kept = Caller(manager).post(base, {"training": "80"}, version=said.json()["version"])
    stale = Caller(manager).post(base, {"training": "90"}, version=head.version)
    wrong = Caller(manager).post(base, {"training": "-1"}, version=kept.json()["version"])
    reader = Caller(personas.team_reader(customer)).post(base, {"training": "1"}, version=1)

    assert [one.status_code for one in (said, kept, stale, wrong, reader)] == [200, 200, 412, 400, 403]
    assert (kept.json()["tooling"], kept.json()["locked_in"]) == ("1200.50", "both")


def test_a_cell_says_in_our_words_what_we_do_there(caller):
    made = caller.post("grid-cells/", {"attractiveness": "high", "status": "low", "text": "Visit"})
    number, version = made.json()["id"], made.json()["version"]
    changed = caller.patch(f"grid-cells/{number}/", {"text": "Visit twice"}, version=version)
    stale = caller.patch(f"grid-cells/{number}/", {"text": "Wait"}, version=version)
    refused = Caller(personas.finance()).patch(f"grid-cells/{number}/", {"text": "Wait"}, version=version)

    assert [one.status_code for one in (made, changed, stale, refused)] == [201, 200, 412, 403]
    assert CellText.objects.get().text == "Visit twice"
