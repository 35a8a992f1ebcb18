"""The KAISM matrix: who stands where, what moving does, which doors open."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from selection.calculations.quadrants import Quadrant, quadrant_of
from selection.models import CustomerView
from selection.selectors.matrix import matrix_of, placed_customers
from selection.selectors.policies import entitlements
from selection.selectors.what_if import Move, what_if_of
from selection.services.policies import estimate_potential, set_capacity, set_rule
from tests import personas
from tests.factories.teams import MembershipFactory
from tests.selection.placing import TODAY, place

pytestmark = pytest.mark.django_db


def test_the_quadrant_in_sql_is_the_quadrant_of_the_method(run, office):
    places = [(score, gap) for score in (5.4999, 5.5, 5.5001, 9) for gap in (-0.0001, 0, 0.0001, 2)]
    for score, gap in places:
        place(run, score, gap)

    found = placed_customers(office).values_list("quadrant", "current_score__score", "customer_view__is_strong")

    assert len(found) == len(places)
    for quadrant, score, strong in found:
        assert quadrant == quadrant_of(high=score >= run.cut, strong=strong).value


def test_provisional_scores_and_unknown_territory_stand_nowhere(run, office):
    place(run, 8, 1, rank=None)
    unknown = place(run, 8, 1)
    CustomerView.objects.filter(customer=unknown).update(is_strong=None, ratio=None, gap=None)

    matrix = matrix_of(office, placed_customers(office), today=TODAY)

    assert (matrix.total, matrix.unknown) == (0, 1)


def test_bubbles_are_the_largest_and_the_others_are_counted(run, office):
    for at in range(6):
        customer = place(run, 7, at / 2, name=f"Customer {at}")
        estimate_potential(
            customer_id=customer.pk,
            values={"available_sales": Decimal(100 * (at + 1)), "category_spend": None, "evidence": "told"},
            by=personas.account_manager(customer),
            today=TODAY,
        )

    matrix = matrix_of(office, placed_customers(office), today=TODAY, limit=2)

    assert [one.name for one in matrix.bubbles] == ["Customer 5", "Customer 4"]
    assert matrix.bubbles[0].size.radius == 1
    assert (matrix.total, matrix.hidden) == (6, 4)
    assert sum(square.count for square in matrix.density) == 6


def test_the_page_costs_the_same_for_two_customers_and_for_forty(run, office):
    client = Client()
    client.force_login(office)
    for at in range(2):
        place(run, 7, at)
    client.get("/selection/matrix/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/selection/matrix/")
    for at in range(38):
        place(run, 7, at / 10)

    with CaptureQueriesContext(connection) as many:
        client.get("/selection/matrix/")

    assert len(many) == len(few)


def test_a_move_asks_for_days_and_leaves_everything_as_it_was(run, office):
    north = place(run, 8, 1, name="North")
    place(run, 3, 1, name="South")
    set_capacity(function="key_account_manager", days_a_year=Decimal(60), day_rate=Decimal(500), by=office)
    south = CustomerView.objects.get(customer__name="South").customer

    result = what_if_of(office, [Move(south.pk, Quadrant.KEY, Decimal(1000))], today=TODAY)

    loads = {load.function: load for load in result.found.after.loads}
    assert loads["key_account_manager"].demand_days == 100
    assert loads["key_account_manager"].missing_days == 40
    assert result.days_cost == Decimal(25000)
    assert result.sales == Decimal(1000)
    assert [move.key for move in result.changed] == [str(south.pk)]
    assert {row["name"]: row["quadrant"] for row in placed_customers(office).values("name", "quadrant")} == {
        "North": "key",
        "South": "maintenance",
    }
    assert north.name in result.names.values()


def test_whom_the_reader_does_not_see_nobody_moves(run):
    seen, hidden = place(run, 8, 1), place(run, 8, 1)
    manager = personas.account_manager(seen)

    result = what_if_of(manager, [Move(hidden.pk, Quadrant.MAINTENANCE)], today=TODAY)

    assert result.moves == ()
    assert str(hidden.pk) not in result.names


def test_the_first_one_left_out_is_named(run, office):
    first, second = place(run, 9, 2, name="First"), place(run, 8, 1, name="Second")
    for function in ("key_account_manager", "service", "logistics", "technical"):
        set_capacity(function=function, days_a_year=Decimal(60), day_rate=None, by=office)
    client = Client()
    client.force_login(office)

    page = client.get("/selection/matrix/").content.decode()

    assert "<b>1 attractive customer</b> can be served" in page
    assert f"<b>{second.name}</b>" in page
    assert first.name in page


def test_a_policy_of_our_own_replaces_the_default(office):
    set_rule(quadrant="key", version=None, values={"contacts_a_year": 26, "effort": {"service": 5}}, by=office)

    found = entitlements()[Quadrant.KEY]

    assert (found.policy.contacts_a_year, found.policy.reviews_a_year) == (26, 4)
    assert found.effort == (("service", 5.0),)


def test_rules_are_kept_by_the_programme_office_alone(office):
    with pytest.raises(NotAllowed):
        set_rule(quadrant="key", version=None, values={}, by=personas.finance())
    with pytest.raises(DomainError):
        set_rule(quadrant="key", version=None, values={"effort": {"magic": 3}}, by=office)


def test_a_second_writer_of_a_rule_is_told(office):
    rule = set_rule(quadrant="key", version=None, values={"reviews_a_year": 2}, by=office)
    set_rule(quadrant="key", version=rule.version, values={"reviews_a_year": 3}, by=office)

    with pytest.raises(StaleVersion):
        set_rule(quadrant="key", version=rule.version, values={"reviews_a_year": 5}, by=office)


def test_the_doors_answer_the_same(run, office):
    customer = place(run, 8, 1, name="North")
    client = Client()
    client.force_login(office)

    rows = client.get("/api/v1/positions/?quadrant=key").json()["results"]
    what_if = client.post(
        "/api/v1/positions/what-if/",
        {"moves": [{"customer": customer.pk, "quadrant": "maintenance"}]},
        content_type="application/json",
    ).json()
    fragment = client.get(
        f"/selection/matrix/what-if/?move={customer.pk}:maintenance", headers={"HX-Request": "true"}
    ).content.decode()

    assert [(row["customer_name"], row["quadrant"]) for row in rows] == [("North", "key")]
    assert dict(what_if["after"]["quadrants"])["maintenance"] == 1
    assert "North" in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize("query", ["move=x", "move=1:gold", "nonsense=1"])
def test_what_is_no_move_and_no_filter_is_refused(office, query):
    client = Client()
    client.force_login(office)
    path = "/selection/matrix/what-if/" if query.startswith("move") else "/selection/matrix/"

    assert client.get(f"{path}?{query}").status_code == 400


def test_a_place_opens_to_notes_and_invoice_lines(run):
    customer = place(run, 8, 1)
    manager = personas.account_manager(customer)
    MembershipFactory(team=customer.account_team, function="executive_sponsor", level="read")
    client = Client()
    client.force_login(manager)

    page = client.get(f"/selection/customers/{customer.pk}/position/").content.decode()

    assert f"/ledger/lines/?customer={customer.pk}" in page or "?customer=" in page
    assert "What Key entitles it to" in page
    assert "Executive sponsor" in page
