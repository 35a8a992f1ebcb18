"""Portfolio, tiers, dependence, loyalty and disagreements narrow to a segment, as the matrix and the grid do."""

from __future__ import annotations

import pytest
from django.test import Client

from customers.models import Customer
from profitability.models import SalesSummary
from selection.calculations.tiers import TierCuts
from selection.models import CurrentScore, Relationship, Segment, SegmentPlace
from selection.selectors.loyalty import loyalty_matrix
from selection.selectors.tiers import tier_preview
from tests.calls import Caller
from tests.factories.customers import CustomerFactory
from tests.selection.placing import TODAY, place

pytestmark = pytest.mark.django_db

CUTS = TierCuts(0.25, 0.5)


@pytest.fixture
def grocers(run) -> Segment:
    """A segment with two of four customers; the largest is in none."""
    segment = Segment.objects.create(name="Grocers", state="accepted")
    for number, name in enumerate(("Outside Large", "Grocer Large", "Grocer Small", "Outside Small")):
        customer = place(run, 5, 0, name=name)
        SalesSummary.objects.create(
            customer=customer,
            as_of_month=TODAY,
            net_12m_units=(40 - 10 * number) * 10_000,
            prior_12m_units=0,
            documents_12m=2,
            first_document_on=TODAY.replace(year=2020),
        )
        Relationship.objects.create(
            customer=customer, customer_dependence=2, our_dependence=4, dependence="captive_supplier"
        )
        if name.startswith("Grocer"):
            SegmentPlace.objects.create(customer=customer, segment=segment, valid_from=TODAY.replace(year=2020))
    CurrentScore.objects.update(tier="regular")
    return segment


@pytest.fixture
def page(office):
    client = Client()
    client.force_login(office)
    return lambda path, **query: client.get(path, query)


@pytest.mark.parametrize(
    "path", ["/selection/dependence/", "/selection/loyalty/", "/portfolio/", "/portfolio/customers/"]
)
def test_a_page_shows_the_customers_of_a_segment_or_of_none(page, grocers, path):
    inside, outside = page(path, segment=grocers.pk).content.decode(), page(path, segment="none").content.decode()

    assert all(name in inside for name in ("Grocer Large", "Grocer Small"))
    assert "Outside" not in inside
    assert all(name in outside for name in ("Outside Large", "Outside Small"))
    assert "Grocer Large" not in outside


def test_sums_of_the_portfolio_are_those_of_the_segment(page, grocers):
    found = page("/portfolio/", segment=grocers.pk).context["portfolio"]

    assert (found.customers, found.net, found.top) == (2, 50, ["Grocer Large", "Grocer Small"])


def test_the_models_disagree_within_the_segment_only(page, grocers):
    CurrentScore.objects.update(tier="key")
    SalesSummary.objects.update(net_12m_units=-1)

    counts = [len(page("/selection/conflicts/", **query).context["rows"]) for query in ({}, {"segment": grocers.pk})]

    assert counts == [4, 2]


def test_nobody_changes_field_by_being_looked_at_alone(office, grocers):
    for number in range(6):
        extra = CustomerFactory()
        SalesSummary.objects.create(
            customer=extra, as_of_month=TODAY, net_12m_units=number, documents_12m=1, first_document_on=TODAY
        )
    within = Customer.objects.filter(pk__in=SegmentPlace.objects.values("customer"))

    alone, among_all = loyalty_matrix(office, today=TODAY, within=within), loyalty_matrix(office, today=TODAY)

    fields = {point.pk: point.field for point in among_all.points}
    assert alone.cuts == among_all.cuts
    assert {point.pk: point.field for point in alone.points}.items() <= fields.items()
    assert alone.total == 2


def test_tiers_are_cut_over_everybody_and_shown_for_the_segment(page, office, grocers):
    def movers(segment: str) -> list[tuple[str, str]]:
        found = tier_preview(CUTS, segment=segment, day=TODAY)
        assert found.changes == len(found.movers)
        return [(mover.name, mover.after) for mover in found.movers]

    assert movers("") == [("Outside Large", "key"), ("Grocer Large", "potential")]
    assert movers(str(grocers.pk)) == [("Grocer Large", "potential")]
    assert movers("none") == [("Outside Large", "key")]
    shown = page("/selection/tiers/", key=25, potential=50, segment=grocers.pk)
    assert "of Grocers only" in shown.content.decode()
    assert [mover.name for mover in shown.context["preview"].movers] == ["Grocer Large"]


def test_rest_narrows_relationships_and_the_effect_of_tiers(office, grocers):
    caller = Caller(office)
    cuts = {"key_share": "0.25", "potential_share": "0.5"}

    related = caller.get("relationships/", segment=grocers.pk).json()
    effect = caller.get("tier-rules/preview/", segment=grocers.pk, **cuts).json()

    assert related["count"] == 2
    assert [one["customer_name"] for one in effect["movers"]] == ["Grocer Large"]
    assert caller.get("tier-rules/preview/", segment="x", **cuts).status_code == 400


def test_a_key_that_no_page_knows_is_refused(page, grocers):
    for path in ("/selection/dependence/", "/portfolio/"):
        assert page(path, segmnt=grocers.pk).status_code == 400
