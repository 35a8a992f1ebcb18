"""The portfolio added up beforehand says what adding up on the spot says, to those who may read it, and never stale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from profitability.models import SalesSummary
from selection.models import PortfolioCell
from selection.selectors import portfolio
from selection.services.portfolio import add_up_portfolio
from tests import personas
from tests.factories.customers import CustomerFactory
from tests.factories.teams import MembershipFactory, UnitFactory

pytestmark = pytest.mark.django_db


def customers_of(unit, *sales):
    made = [CustomerFactory(org_unit=unit) for _figure in sales]
    for customer, net in zip(made, sales, strict=True):
        SalesSummary.objects.create(
            customer=customer, as_of_month=timezone.localdate().replace(day=1), net_12m_units=net, prior_12m_units=7
        )
    return made


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(portfolio, "MANY", 0)


@pytest.mark.usefixtures("many")
def test_cells_say_what_adding_up_says(django_assert_num_queries, monkeypatch):
    top = UnitFactory()
    below, elsewhere = UnitFactory(parent=top), UnitFactory()
    first, *_others = customers_of(top, 500, 0, -20)
    customers_of(below, 30)
    (own,) = customers_of(elsewhere, 1_000)
    customers_of(elsewhere, 9_999)
    director = personas.director(first)
    MembershipFactory(team=own.account_team, user=director)
    MembershipFactory(team=first.account_team, user=director)  # stands in his unit as well, and is counted once
    monkeypatch.setattr(portfolio, "MANY", 10**6)
    live = portfolio.portfolio_sums(director)
    add_up_portfolio()
    monkeypatch.setattr(portfolio, "MANY", 0)

    assert portfolio.portfolio_sums(director) == live
    assert live[""].customers == 5
    assert live[""].buying == 500 + 30 + 1_000
    with django_assert_num_queries(2):
        portfolio.portfolio_sums(director)


@pytest.mark.usefixtures("many")
def test_whoever_leads_a_unit_gets_its_cells_only():
    mine, other = UnitFactory(), UnitFactory()
    (customer,) = customers_of(mine, 10)
    customers_of(other, 20)
    add_up_portfolio()

    assert portfolio.portfolio_sums(personas.director(customer))[""].net == 10


@pytest.mark.usefixtures("many")
def test_old_cells_are_not_believed():
    (customer,) = customers_of(UnitFactory(), 10)
    add_up_portfolio()
    PortfolioCell.objects.update(net_units=999)
    PortfolioCell.objects.update(computed_at=timezone.now() - timedelta(minutes=16))

    assert portfolio.portfolio_sums(personas.director(customer))[""].net == 10


def test_few_customers_are_added_up_on_the_spot():
    (customer,) = customers_of(UnitFactory(), 10)
    add_up_portfolio()
    SalesSummary.objects.update(net_12m_units=11)

    assert portfolio.portfolio_sums(personas.director(customer))[""].net == 11


def test_adding_up_again_replaces_what_was_there():
    customers_of(UnitFactory(), 10, 20)

    assert (add_up_portfolio(), add_up_portfolio()) == (1, 1)
    assert PortfolioCell.objects.get().customers == 2
