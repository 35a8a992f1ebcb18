"""Scenarios: kept what-ifs, their figures against today, and the decision that comes out of one."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from profitability.models import SalesSummary
from selection.calculations.scenarios import Figure
from selection.models import Scenario, ScenarioMove
from selection.selectors.scenarios import side_by_side
from selection.services import scenarios
from selection.services.policies import set_capacity, set_rule
from selection.services.scenarios import PlannedMove
from selection.services.snapshots import take_snapshot
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.selection.placing import TODAY, place

pytestmark = pytest.mark.django_db


def buys(customer, amount):
    SalesSummary.objects.create(customer=customer, as_of_month=TODAY, net_12m_units=amount * 10_000)
    return customer


def kept(office, *moves, name="Five key accounts") -> Scenario:
    return scenarios.save_scenario(name=name, note="Why", moves=moves, by=office)


def figures(sides, figure: Figure) -> dict[str, object]:
    return {row.subject: row.values[0].value for row in sides.comparison.rows if row.figure is figure}


def test_a_scenario_is_worked_out_on_todays_figures(run, office):
    set_rule(quadrant="key", version=None, values={"effort": {"service": 12}}, by=office)
    set_rule(quadrant="maintenance", version=None, values={"effort": {"service": 2}}, by=office)
    set_capacity(function="service", days_a_year=Decimal(20), day_rate=Decimal(100), by=office)
    buys(place(run, 8, 1), 300)
    low = buys(place(run, 3, 1), 100)
    scenario = kept(office, PlannedMove(low.pk, "key", Decimal(200)))

    sides = side_by_side([scenario], office, today=TODAY)

    outcome = sides.outcomes[0]
    assert figures(sides, Figure.ACCOUNTS) == {"key": 2, "key_development": 0, "maintenance": 0, "opportunistic": 0}
    assert figures(sides, Figure.MISSING_DAYS)["service"] == 4
    assert (outcome.days_cost, outcome.sales) == (Decimal(1000), Decimal(100))
    assert sides.key_share == pytest.approx(0.75)
    assert outcome.key_share == pytest.approx(1.0)


def test_other_days_change_the_load_and_nothing_else(run, office):
    set_rule(quadrant="key", version=None, values={"effort": {"service": 12}}, by=office)
    set_capacity(function="service", days_a_year=Decimal(10), day_rate=Decimal(100), by=office)
    buys(place(run, 8, 1), 300)
    scenario = kept(office)

    scenarios.change_scenario(
        scenario_id=scenario.pk,
        version=None,
        values={"capacity": {"service": 30}, "effort": {"key": {"service": 15}}},
        by=office,
    )
    scenario.refresh_from_db()
    sides = side_by_side([scenario], office, today=TODAY)

    assert figures(sides, Figure.LOAD)["service"] == pytest.approx(0.5)
    assert sides.outcomes[0].days_cost == Decimal(300)
    assert sides.outcomes[0].changed == {}


def test_a_customer_that_no_figures_place_can_be_added(run, office):
    buys(place(run, 8, 1), 300)
    unknown = buys(CustomerFactory(), 100)

    sides = side_by_side([kept(office, PlannedMove(unknown.pk, "key"))], office, today=TODAY)

    assert figures(sides, Figure.ACCOUNTS)["key"] == 2


def test_a_newer_snapshot_makes_it_stale_until_confirmed(run, office):
    place(run, 8, 1)
    take_snapshot(name="One", by=office)
    scenario = kept(office)
    take_snapshot(name="Two", by=office)

    before = side_by_side([scenario], office, today=TODAY).outcomes[0].is_superseded
    with pytest.raises(DomainError):
        scenarios.draft_from_scenario(
            scenario_id=scenario.pk, effective_on=timezone.localdate(), until=timezone.localdate(), by=office
        )
    confirmed = scenarios.confirm_scenario(scenario_id=scenario.pk, version=scenario.version, by=office)

    assert before
    assert not side_by_side([confirmed], office, today=TODAY).outcomes[0].is_superseded


def test_a_decision_out_of_a_scenario_takes_its_moves_as_exceptions(run, office):
    low, unknown = place(run, 3, 1), CustomerFactory()
    take_snapshot(name="One", by=office)
    scenario = kept(office, PlannedMove(low.pk, "key"), PlannedMove(unknown.pk, "key_development"))
    today = timezone.localdate()

    drafted = scenarios.draft_from_scenario(
        scenario_id=scenario.pk, effective_on=today, until=today + timedelta(days=100), by=office
    )

    assert drafted.title == scenario.name
    assert set(drafted.lines.values_list("customer", "calculated", "chosen")) == {
        (low.pk, "maintenance", "key"),
        (unknown.pk, "", "key_development"),
    }
    assert set(drafted.lines.values_list("reason", flat=True)) == {"Scenario: Five key accounts"}


def test_moving_a_customer_again_replaces_the_first_move(run, office):
    customer = place(run, 3, 1)
    scenario = kept(office, PlannedMove(customer.pk, "key"))

    scenarios.move_customer(scenario_id=scenario.pk, move=PlannedMove(customer.pk, "opportunistic"), by=office)

    assert scenario.moves.get().quadrant == "opportunistic"
    scenarios.leave_customer(move_id=scenario.moves.get().pk, by=office)
    assert not scenario.moves.exists()


def test_what_cannot_be_is_refused(run, office):
    customer = place(run, 3, 1)
    scenario = kept(office)

    for values in ({"name": " "}, {"capacity": {"nobody": 3}}, {"effort": {"key": {"service": 400}}}):
        with pytest.raises(DomainError):
            scenarios.change_scenario(scenario_id=scenario.pk, version=None, values=values, by=office)
    with pytest.raises(DomainError):
        kept(office, PlannedMove(customer.pk, "royal"))
    with pytest.raises(StaleVersion):
        scenarios.change_scenario(scenario_id=scenario.pk, version=7, values={"note": "x"}, by=office)
    assert Scenario.objects.count() == 1


def test_an_account_manager_keeps_no_scenario(run, office):
    customer = place(run, 3, 1)
    manager = personas.account_manager(customer)

    with pytest.raises(NotAllowed):
        kept(manager, PlannedMove(customer.pk, "key"))

    assert not Scenario.objects.visible_to(manager).exists()
    assert not Scenario.objects.exists()


def test_side_by_side_costs_the_same_for_two_customers_and_for_twenty(run, office):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            side_by_side([kept_one], office, today=TODAY)
        return len(found)

    first = place(run, 3, 1)
    kept_one = kept(office, PlannedMove(first.pk, "key"))
    few = statements()
    for gap in range(20):
        ScenarioMove.objects.create(scenario=kept_one, customer=place(run, 4, gap), quadrant="key")

    assert statements() == few


def test_the_pages_lead_from_the_what_if_to_a_decision(run, office):
    client = Client()
    client.force_login(office)
    low = place(run, 3, 1, name="Alpha Foods")
    take_snapshot(name="One", by=office)
    today = timezone.localdate()

    what_if = client.get(f"/selection/matrix/what-if/?move={low.pk}:key").content.decode()
    made = client.post(f"/selection/scenarios/new/?move={low.pk}:key&sales_{low.pk}=500", {"name": "More", "note": ""})
    page = client.get(made.url).content.decode()
    other = kept(office, name="Less")
    scenario = Scenario.objects.get(name="More")
    compared = client.get(f"/selection/scenarios/compare/?ids={scenario.pk}&ids={other.pk}").content.decode()
    drafted = client.post(
        f"/selection/scenarios/{scenario.pk}/decide/",
        {"effective_on": today, "until": today + timedelta(days=90), "version": scenario.version},
    )

    assert "/selection/scenarios/new/?move=" in what_if
    assert "Alpha Foods" in page
    assert "Less" in compared
    assert scenario.moves.get().sales == Decimal(500)
    assert drafted.url.startswith("/selection/decisions/")
    days = client.post(f"/selection/scenarios/{scenario.pk}/days/", {"effort-key-service": "3", "version": 1})
    scenario.refresh_from_db()
    assert (days.status_code, scenario.effort) == (302, {"key": {"service": 3.0}})


def test_the_rest_door_keeps_and_compares(run, office):
    client = Client()
    client.force_login(office)
    customer = place(run, 3, 1)

    made = client.post(
        "/api/v1/scenarios/",
        {"name": "By machine", "moves": [{"customer": customer.pk, "quadrant": "key"}]},
        content_type="application/json",
    )
    compared = client.get(f"/api/v1/scenarios/comparison/?ids={made.json()['id']}")

    assert made.status_code == 201
    assert [one["name"] for one in compared.json()["scenarios"]] == ["By machine"]
    assert client.get("/api/v1/scenarios/comparison/").status_code == 400
    assert date.fromisoformat(made.json()["created_at"][:10])


def test_the_comparison_leaves_as_a_file_with_plain_values(run, office):
    set_capacity(function="service", days_a_year=Decimal(20), day_rate=Decimal(100), by=office)
    buys(place(run, 8, 1, name="North"), 300)
    low = buys(place(run, 3, 1, name="=East"), 100)
    scenario = kept(office, PlannedMove(low.pk, "key", Decimal(200)))
    client = Client()
    client.force_login(office)

    answer = client.get("/selection/scenarios/compare/file/", {"ids": scenario.pk})

    lines = list(csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()))
    found = {line[0]: line[1:] for line in lines}
    assert lines[0] == ["Figure", "Today", "Five key accounts", "Five key accounts, difference"]
    assert found["Customers: Key"] == ["1", "2", "1"]
    assert Decimal(found["Net sales a year"][2]) == 100
    assert found["Quadrant of =East"] == ["Maintenance", "Key", ""]
    assert AuditEntry.objects.filter(action="export", subject_id=scenario.pk).count() == 1
    assert client.get("/selection/scenarios/compare/file/").status_code == 400
