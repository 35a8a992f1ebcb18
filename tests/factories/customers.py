"""Customers and what belongs to them."""

from __future__ import annotations

import factory

from customers.models import BuyingUnit, Customer, ExternalId, Site, Tag
from customers.services import search
from kcrm.lib import words
from tests.factories.teams import AccountTeamFactory, UnitFactory


class TagFactory(factory.django.DjangoModelFactory):
    """A tag."""

    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"Tag {n}")


class CustomerFactory(factory.django.DjangoModelFactory):
    """A prospect with an empty account team in a unit of its own; `indexed=True` makes it findable as well."""

    class Meta:
        model = Customer
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Customer {n}")
    name_key = factory.LazyAttribute(lambda customer: words.name_key(customer.name))
    name_sort = factory.LazyAttribute(lambda customer: words.sort_key(customer.name))
    account_team = factory.SubFactory(AccountTeamFactory)
    org_unit = factory.SubFactory(UnitFactory)

    @factory.post_generation
    def indexed(self, create, extracted, **kwargs):
        if extracted:
            search.index_customer(self)


class SiteFactory(factory.django.DjangoModelFactory):
    """A headquarters."""

    class Meta:
        model = Site

    customer = factory.SubFactory(CustomerFactory)
    name = factory.Sequence(lambda n: f"Site {n}")


class BuyingUnitFactory(factory.django.DjangoModelFactory):
    """A part of the customer that buys."""

    class Meta:
        model = BuyingUnit

    customer = factory.SubFactory(CustomerFactory)
    name = factory.Sequence(lambda n: f"Buying unit {n}")


class ExternalIdFactory(factory.django.DjangoModelFactory):
    """A key in the ERP."""

    class Meta:
        model = ExternalId

    customer = factory.SubFactory(CustomerFactory)
    source = "erp"
    value = factory.Sequence(lambda n: f"K{n}")
