"""What ties a customer and us: what is written down, what it adds up to, and the grid it leads to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kcrm.lib.errors import DomainError, NotAllowed, StaleVersion
from profitability.models import SalesSummary
from selection.calculations.bands import index_band
from selection.calculations.relationship_quality import Dimension
from selection.calculations.stages import StageItem
from selection.models import Bond, CurrentScore, PositionPoint, Relationship, ScoringRun
from selection.selectors.grid import grid_customers, grid_of
from selection.services import relationships
from selection.services.policies import estimate_potential
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.selection.approving import model_in_force
from tests.selection.placing import place

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 1)
BONDS = dict(zip(Bond.Kind.values, (4, 3, 2, 2, 2, 3, 1, 2, 0, 2, 1), strict=True))


@pytest.fixture
def customer():
    return CustomerFactory(name="Save-a-lot")


@pytest.fixture
def owner(customer):
    return personas.account_manager(customer)


@pytest.fixture
def run() -> ScoringRun:
    model = model_in_force()
    return ScoringRun.objects.create(model=model, key="one", state="finished", cut=Decimal("5.5"), as_of_month=TODAY)


def tie(customer, by, *, bonds=BONDS, answer=3):
    """Bonds of 50, cooperative to interdependent, a share of wallet of 40 %, six years of trade."""
    SalesSummary.objects.create(
        customer=customer, as_of_month=date(2026, 6, 1), net_12m_units=400_0000, first_document_on=date(2020, 7, 1)
    )
    estimate_potential(
        customer_id=customer.pk,
        values={"available_sales": None, "category_spend": Decimal(1000), "evidence": "told"},
        by=by,
        today=TODAY,
    )
    relationships.assess_stage(
        customer_id=customer.pk, side="us", answers=dict.fromkeys(map(str, StageItem), answer), said_by_id=None,
        note="", by=by, today=TODAY,
    )  # fmt: skip
    relationships.answer_quality(
        customer_id=customer.pk, side="us", answers={str(one): [5, 5] for one in Dimension if one != "conflict"},
        said_by_id=None, by=by, today=TODAY,
    )  # fmt: skip
    return relationships.set_bonds(
        customer_id=customer.pk, bonds={kind: (score, "") for kind, score in bonds.items()}, by=by, today=TODAY
    )


def test_the_status_is_built_from_what_is_written_down(customer, owner):
    head = tie(customer, owner)

    assert head.bond_index == Decimal(50)
    assert (head.our_stage, head.their_stage) == ("interdependent", "")
    assert head.share_of_wallet == Decimal("0.4")
    assert head.tenure_years == Decimal("6.00")
    assert (head.status_coverage, head.is_provisional) == (Decimal(1), False)
    assert round(head.status, 1) == Decimal("56.0")  # 15 + 10 + 15 + 10 + 6


def test_the_customers_own_view_counts_before_ours(customer, owner):
    head = tie(customer, owner)

    relationships.assess_stage(
        customer_id=customer.pk, side="customer", answers=dict.fromkeys(map(str, StageItem), 1), said_by_id=None,
        note="", by=owner, today=TODAY,
    )  # fmt: skip

    before, head = head.status, Relationship.objects.get(pk=head.pk)
    assert head.their_stage == "basic"
    assert before - head.status == Decimal("10.0000")


def test_little_knowledge_is_provisional_and_leaves_no_trail_of_a_status(customer, owner):
    head = relationships.set_bonds(customer_id=customer.pk, bonds={"personal": (4, "")}, by=owner, today=TODAY)

    assert head.is_provisional
    assert PositionPoint.objects.get(customer=customer).status is None


def test_personal_ties_alone_are_a_key_person_risk(customer, owner):
    bonds = dict.fromkeys(Bond.Kind.values, 0) | {"personal": 4, "brand": 2, "data": 1}

    assert tie(customer, owner, bonds=bonds).has_key_person_risk


def test_a_second_assessment_replaces_the_first_and_none_takes_it_away(customer, owner):
    head = tie(customer, owner)

    relationships.set_bonds(
        customer_id=customer.pk, bonds={"personal": (1, "New buyer"), "brand": (None, "")}, by=owner, today=TODAY
    )

    assert Bond.objects.get(customer=customer, kind="personal").note == "New buyer"
    assert not Bond.objects.filter(customer=customer, kind="brand").exists()
    with pytest.raises(StaleVersion):
        relationships.set_bonds(
            customer_id=customer.pk, bonds={"data": (0, "")}, by=owner, today=TODAY, version=head.version
        )


@pytest.mark.parametrize(
    "act",
    [
        lambda **who: relationships.set_bonds(bonds={"personal": (5, "")}, **who),
        lambda **who: relationships.assess_stage(side="us", answers={"openness": 5}, said_by_id=None, note="", **who),
        lambda **who: relationships.answer_quality(side="us", answers={"trust": [8]}, said_by_id=None, **who),
        lambda **who: relationships.assess_dependence(
            answers={"money": 6}, profit_impact=None, supply_risk=None, note="", **who
        ),
        lambda **who: relationships.set_switching_cost(costs={"tooling": Decimal(-1)}, locked_in="", note="", **who),
    ],
)
def test_what_is_off_the_scale_is_refused(customer, owner, act):
    with pytest.raises(DomainError):
        act(customer_id=customer.pk, by=owner, today=TODAY)


def test_readers_write_nothing(customer):
    with pytest.raises(NotAllowed):
        relationships.set_bonds(
            customer_id=customer.pk, bonds={"data": (1, "")}, by=personas.team_reader(customer), today=TODAY
        )

    assert not Relationship.objects.exists()


def test_a_refresh_follows_sales_and_time(customer, owner):
    tie(customer, owner)
    SalesSummary.objects.filter(customer=customer).update(net_12m_units=800_0000)

    relationships.refresh_all(today=date(2028, 7, 1))

    head = Relationship.objects.get(customer=customer)
    assert head.share_of_wallet == Decimal("0.8")
    assert head.tenure_years == Decimal("8.00")


def test_the_cell_in_sql_is_the_cell_of_the_method(run):
    office = personas.programme_office()
    for index in (0, 39.9999, 40, 69.9999, 70, 100):
        customer = place(run, 5, 1)
        CurrentScore.objects.filter(customer=customer).update(index=Decimal(str(index)))
        Relationship.objects.create(customer=customer, status=Decimal(str(index)), is_provisional=False)

    found = grid_customers(office).values_list(
        "attractive_band", "status_band", "current_score__index", "relationship__status"
    )

    assert len(found) == 6
    for attractive, status, index, value in found:
        assert (attractive, status) == (index_band(float(index)).value, index_band(float(value)).value)


def test_the_grid_names_the_largest_and_counts_the_others(run):
    office = personas.programme_office()
    for at in range(4):
        customer = place(run, 8, 1, name=f"Customer {at}")
        CurrentScore.objects.filter(customer=customer).update(index=75)
        Relationship.objects.create(customer=customer, status=50, is_provisional=False)
        SalesSummary.objects.create(customer=customer, as_of_month=date(2026, 6, 1), net_12m_units=(at + 1) * 10_000)

    grid = grid_of(office, grid_customers(office), limit=2)

    invest = grid.cells[0][1]
    assert (invest.count, [name for _pk, name in invest.names]) == (4, ["Customer 3", "Customer 2"])
    assert (grid.total, grid.hidden) == (4, 2)


def test_the_grid_costs_the_same_for_few_and_many(run):
    office = personas.programme_office()
    client = Client()
    client.force_login(office)

    def add(count):
        for _turn in range(count):
            customer = place(run, 8, 1)
            CurrentScore.objects.filter(customer=customer).update(index=75)
            Relationship.objects.create(customer=customer, status=50, is_provisional=False)

    add(2)
    client.get("/selection/grid/")
    with CaptureQueriesContext(connection) as few:
        client.get("/selection/grid/")
    add(20)

    with CaptureQueriesContext(connection) as many:
        client.get("/selection/grid/")

    assert len(many) == len(few)


def test_the_programme_office_writes_what_a_cell_means(run):
    office = Client()
    office.force_login(personas.programme_office())
    url = "/selection/grid/high/low/"

    office.post(url, {"text": "Two quarters, one sponsor, then stop.", "version": 0})

    assert "Two quarters, one sponsor" in office.get("/selection/grid/").content.decode()
    assert office.get("/selection/grid/high/x/").status_code == 404


def test_a_relationship_is_written_down_by_clicking(customer, owner):
    client = Client()
    client.force_login(owner)
    base = f"/selection/customers/{customer.pk}/relationship/"
    client.post(f"{base}bonds/", {"personal": "3", "personal_note": "Six years", "version": 0})
    client.post(f"{base}stage/us/", {str(item): "3" for item in StageItem})
    client.post(f"{base}stage/customer/", {str(item): "2" for item in StageItem})
    client.post(f"{base}quality/us/", {f"{one}_{at}": "6" for one in Dimension for at in (0, 1)})
    client.post(
        f"{base}leaving/", {"tooling": "2500", "locked_in": "them", "version": Relationship.objects.get().version}
    )

    page = client.get(base).content.decode()

    assert "Six years" in page
    assert Relationship.objects.get().quality_index is not None
    assert client.post(f"{base}stage/nobody/").status_code == 404


def test_the_rest_door_writes_the_same(customer, owner):
    client = Client()
    client.force_login(owner)

    def post(path, **body):
        return client.post(f"/api/v1/{path}/", {"customer": customer.pk, **body}, content_type="application/json")

    assert post("bonds", kind="data", score=3).status_code == 201
    assert post("stage-assessments", side="us", answers={"openness": 2}).status_code == 201
    assert post("stage-assessments", side="us", answers={"magic": 2}).status_code == 400
    assert post("quality-responses", side="us", answers={"trust": [6, 5]}).status_code == 201
    assert post("dependence-assessments", answers={"money": 4}, profit_impact=3).status_code == 201
    row = client.get("/api/v1/relationships/", {"customer": customer.pk}).json()["results"][0]

    assert (row["bond_index"], row["is_provisional"]) == ("75.0000", True)
