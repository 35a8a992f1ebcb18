"""Which of the visible products, documents and lines? The same keys for the page, the export and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from kcrm.lib.filters import StrictFilterSet
from kcrm.lib.words import name_key
from profitability.models import LedgerDocument, LedgerLine, Product, ProductGroup

KINDS = LedgerDocument.Kind.choices
DAYS = django_filters.widgets.DateRangeWidget(attrs={"type": "date"})


def customers(request: HttpRequest | None) -> QuerySet[Customer]:
    """The customers whose sales the reader sees."""
    return Customer.objects.visible_to(request.user, "sales_facts") if request else Customer.objects.none()


def products(request: HttpRequest | None) -> QuerySet[Product]:
    """All products."""
    return Product.objects.visible_to(request.user) if request else Product.objects.none()


def groups(request: HttpRequest | None) -> QuerySet[ProductGroup]:
    """All product groups, by name."""
    return ProductGroup.objects.visible_to(request.user).order_by("name") if request else ProductGroup.objects.none()


class LedgerLineFilter(StrictFilterSet):
    """Lines by customer, product, period, system and kind of document."""

    q = django_filters.CharFilter(label=_("Find a customer or document"), method="find")
    posted_on = django_filters.DateFromToRangeFilter(label=_("Period"), widget=DAYS)
    group = django_filters.ModelChoiceFilter(label=_("Product group"), queryset=groups, field_name="product__group")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=KINDS, field_name="document__kind")
    state = django_filters.MultipleChoiceFilter(label=_("Origin of the figures"), choices=LedgerLine.State.choices)
    source = django_filters.CharFilter(label=_("System"), field_name="document__source")
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=customers, widget=forms.HiddenInput)
    product = django_filters.ModelChoiceFilter(label=_("Product"), queryset=products, widget=forms.HiddenInput)
    document = django_filters.NumberFilter(
        label=_("Document"), field_name="document_id", widget=forms.HiddenInput, min_value=1
    )

    def find(self, rows: QuerySet[LedgerLine], name: str, value: str) -> QuerySet[LedgerLine]:
        """Part of the customer's name, or the document's number."""
        found = Customer.objects.filter(name_key__contains=name_key(value)).values("pk")
        documents = LedgerDocument.objects.filter(number=value.strip()).values("pk")
        return rows.filter(Q(customer__in=found) | Q(document__in=documents))


class LedgerDocumentFilter(StrictFilterSet):
    """Documents by customer, number, period, system and kind."""

    number = django_filters.CharFilter(label=_("Document number"))
    posted_on = django_filters.DateFromToRangeFilter(label=_("Period"), widget=DAYS)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=KINDS)
    source = django_filters.CharFilter(label=_("System"))
    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=customers)
    salesperson = django_filters.NumberFilter(label=_("Salesperson"), field_name="salesperson_id", min_value=1)


class ProductFilter(StrictFilterSet):
    """Products by name, group and whether they are on sale."""

    q = django_filters.CharFilter(label=_("Find a product"), method="find")
    group = django_filters.ModelChoiceFilter(label=_("Product group"), queryset=groups)
    is_active = django_filters.BooleanFilter(label=_("On sale"))
    source = django_filters.CharFilter(label=_("System"))
    sku = django_filters.CharFilter(label=_("Article number"))

    def find(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """Part of the name, or the article number."""
        return rows.filter(Q(name__icontains=value) | Q(sku__iexact=value.strip()))


class ProductGroupFilter(StrictFilterSet):
    """Product groups by their key."""

    source = django_filters.CharFilter(label=_("System"))
    code = django_filters.CharFilter(label=_("Key there"))


class SalesSummaryFilter(StrictFilterSet):
    """Twelve-month figures by customer and by what they say."""

    field_classes: ClassVar[dict[str, str]] = {"cm1_12m": "F2"}

    customer = django_filters.ModelChoiceFilter(label=_("Customer"), queryset=customers)
    growth = django_filters.RangeFilter(label=_("Growth"))
    last_document_on = django_filters.DateFromToRangeFilter(label=_("Last document"))
    cm1_12m = django_filters.RangeFilter(label=_("CM1, 12 months"), method="by_contribution")

    def by_contribution(self, rows: QuerySet[Any], name: str, value: slice) -> QuerySet[Any]:
        """Between two amounts in the reporting currency."""
        if value.start is not None:
            rows = rows.filter(cm1_12m_units__gte=value.start * 10_000)
        if value.stop is not None:
            rows = rows.filter(cm1_12m_units__lte=value.stop * 10_000)
        return rows
