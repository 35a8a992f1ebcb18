"""Products and ledger rows. Roll-ups come from the services, as in the product."""

from __future__ import annotations

import factory

from profitability.models import Product, ProductGroup


class ProductGroupFactory(factory.django.DjangoModelFactory):
    """A group in the ERP."""

    class Meta:
        model = ProductGroup

    source = "erp"
    code = factory.Sequence(lambda n: f"G{n}")
    name = factory.Sequence(lambda n: f"Group {n}")


class ProductFactory(factory.django.DjangoModelFactory):
    """A product in the ERP, without a group."""

    class Meta:
        model = Product

    source = "erp"
    sku = factory.Sequence(lambda n: f"P{n}")
    name = factory.Sequence(lambda n: f"Product {n}")
