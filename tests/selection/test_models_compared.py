"""Dependence, loyalty, tiers, and where the models disagree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from kcrm.lib.errors import DomainError, NotAllowed
from profitability.models import SalesSummary
from selection.calculations.dependence import Dependence
from selection.calculations.loyalty import profit_loyalty
from selection.calculations.model_conflicts import Stance
from selection.calculations.tiers import TierCandidate, TierCuts, tier_pyramid
from selection.models import CurrentScore, Relationship, ScoringRun, TierRule
from selection.selectors.dependences import dependence_matrix
from selection.selectors.loyalty import conflicts_of, loyalty_matrix
from selection.selectors.tiers import cuts_in_force, tier_preview
from selection.services.tiers import apply_cuts
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.selection.approving import model_in_force
from tests.selection.placing import place

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 1)


@pytest.fixture
def office():
    return personas.programme_office()


@pytest.fixture
def run() -> ScoringRun:
    model = model_in_force()
    return ScoringRun.objects.create(model=model, key="one", state="finished", cut=Decimal("5.5"), as_of_month=TODAY)


def buys(customer, units, *, since=date(2020, 1, 1), documents=5):
    SalesSummary.objects.create(
        customer=customer,
        as_of_month=date(2026, 6, 1),
        net_12m_units=units,
        documents_12m=documents,
        first_document_on=since,
    )
    return customer


def test_the_fields_in_sql_are_the_fields_of_the_method(office):
    for units in (10, 20, 30, 40):
        for year in (2016, 2019, 2022):
            buys(CustomerFactory(), units * 10_000, since=date(year, 1, 1))

    matrix = loyalty_matrix(office, today=TODAY)

    assert matrix.cuts.are_medians
    assert matrix.cuts.units == 250_000
    for point in matrix.points:
        wanted = profit_loyalty(point.current, point.years, contribution_cut=Decimal(25), loyalty_cut=matrix.cuts.years)
        assert point.field is wanted
    assert sum(count for _field, count, _sales in matrix.counts) == 12


def test_below_eight_customers_there_are_no_medians(office):
    buys(CustomerFactory(), 10_000)

    matrix = loyalty_matrix(office, today=TODAY)

    assert not matrix.cuts.are_medians
    assert matrix.cuts.years == 3


@pytest.mark.parametrize("cuts", [TierCuts(), TierCuts(0.1, 0.5), TierCuts(0.5, 0.9)])
def test_the_tiers_in_sql_are_the_tiers_of_the_method(run, cuts):
    units = {}
    for at, amount in enumerate((900, 800, 800, 500, 300, 100, 0, -50, 70, None, 40)):
        customer = place(run, 6, 1)
        if amount is not None:
            buys(customer, amount * 10_000, documents=1 if at == 8 else 4)
        units[customer.pk] = amount

    apply_cuts(
        key_share=Decimal(str(cuts.key)), potential_share=Decimal(str(cuts.potential)), by=personas.programme_office()
    )

    candidates = [
        TierCandidate(str(pk), None if amount is None else amount, one_off=amount == 70) for pk, amount in units.items()
    ]
    wanted = {int(one.key): one.tier.value if one.tier else "" for one in tier_pyramid(candidates, cuts).places}
    assert dict(CurrentScore.objects.values_list("customer_id", "tier")) == wanted
    assert tier_preview(cuts).changes == 0


def test_a_preview_changes_nothing_and_applying_is_kept(run, office):
    for at in range(10):
        buys(place(run, 6, 1), (at + 1) * 10_000)
    apply_cuts(key_share=Decimal("0.05"), potential_share=Decimal("0.2"), by=office)
    client = Client()
    client.force_login(office)

    seen = client.get("/selection/tiers/?key=30&potential=60").content.decode()
    before = CurrentScore.objects.filter(tier="key").count()
    client.post("/selection/tiers/", {"key": "30", "potential": "60"})

    assert "would change their tier" in seen
    assert before == 1
    assert CurrentScore.objects.filter(tier="key").count() == 3
    assert cuts_in_force() == TierCuts(0.3, 0.6)


def test_tiers_are_cut_by_the_programme_office_and_in_order(office):
    with pytest.raises(NotAllowed):
        apply_cuts(key_share=Decimal("0.1"), potential_share=Decimal("0.2"), by=personas.finance())
    with pytest.raises(DomainError):
        apply_cuts(key_share=Decimal("0.3"), potential_share=Decimal("0.2"), by=office)

    assert not TierRule.objects.exists()


def test_who_sees_some_customers_only_does_not_see_the_cuts_of_all(run):
    manager = personas.account_manager(place(run, 6, 1))
    client = Client()
    client.force_login(manager)

    assert client.get("/selection/tiers/").status_code == 403
    assert client.get("/selection/loyalty/").status_code == 200


def test_the_models_disagree_where_one_invests_and_another_reduces(run, office):
    poor = buys(place(run, 9, 1, name="Poor"), 1_000)
    for at in range(9):
        buys(place(run, 3, 1, name=f"Rich {at}"), (at + 10) * 10_000)

    count, rows = conflicts_of(office, today=TODAY)

    assert count == 1
    assert rows[0].pk == poor.pk
    assert {(one.first.stance, one.second.stance) for one in rows[0].view.conflicts} == {(Stance.INVEST, Stance.REDUCE)}


def test_dependence_counts_all_and_names_the_largest(office):
    for at in range(3):
        customer = buys(CustomerFactory(name=f"Customer {at}"), (at + 1) * 10_000)
        Relationship.objects.create(
            customer=customer, customer_dependence=2, our_dependence=4, dependence="captive_supplier"
        )

    counts, points, total = dependence_matrix(office, limit=2)

    assert (counts[Dependence.CAPTIVE_SUPPLIER], total) == (3, 3)
    assert [point.name for point in points] == ["Customer 2", "Customer 1"]


@pytest.mark.parametrize("page", ["dependence", "loyalty", "tiers", "conflicts"])
def test_empty_pages_say_what_belongs_there(office, page):
    client = Client()
    client.force_login(office)

    assert client.get(f"/selection/{page}/").status_code == 200
