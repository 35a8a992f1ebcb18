"""Products and their groups through the REST door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from fields.api import CustomFieldsResource, check_amounts
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import ExportRows, ReadOnlyResource
from kcrm.lib.errors import NotAllowed
from kcrm.lib.limits import at_once
from profitability import permissions
from profitability.custom_fields import PRODUCT
from profitability.filters import ProductFilter, ProductGroupFilter
from profitability.models import Product, ProductGroup
from profitability.serializers import (
    OutcomeSerializer,
    ProductGroupSerializer,
    ProductRowsSerializer,
    ProductSerializer,
)
from profitability.services.products import Outcome, upsert_product_groups, upsert_products


def _upsert(request: Request, service: Callable[..., list[Outcome]]) -> Response:
    body = ProductRowsSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    for row in body.validated_data["rows"]:
        if isinstance(row.get("custom"), Mapping):
            check_amounts(PRODUCT.key, row["custom"], request.user)
    outcomes = service(body.validated_data["rows"], source=body.validated_data["source"], by=request.user)
    return Response({"results": [asdict(outcome) for outcome in outcomes]})


class ProductGroupResource(ReadOnlyResource):
    """Product groups."""

    model = ProductGroup
    access_resource = "product"
    serializer_class = ProductGroupSerializer
    filterset_class = ProductGroupFilter
    orderings: ClassVar = {"id": "pk", "name": "name", "code": "code"}
    default_ordering = "name"

    def visible_rows(self) -> QuerySet[Any]:
        """All groups."""
        return ProductGroup.objects.visible_to(self.request.user)

    @extend_schema(request=ProductRowsSerializer, responses=OutcomeSerializer(many=True))
    @action(detail=False, methods=["post"])
    @answer_once
    @at_once("import")
    def bulk(self, request: Request) -> Response:
        """Add and change groups, known by source and code; up to 1,000, each with its result."""
        return _upsert(request, upsert_product_groups)


class ProductResource(CustomFieldsResource, ExportRows):
    """Products."""

    record_type = PRODUCT.key
    model = Product
    access_resource = "product"
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    orderings: ClassVar = {"id": "pk", "name": "name", "sku": "sku", "list_price": "list_price"}
    default_ordering = "name"

    def visible_rows(self) -> QuerySet[Any]:
        """All products."""
        return Product.objects.visible_to(self.request.user)

    def exportable_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """All of them, for who carries the product list away."""
        if not permissions.can_export_products(self.request.user):
            raise NotAllowed("product", Verb.EXPORT)
        return rows

    @extend_schema(request=ProductRowsSerializer, responses=OutcomeSerializer(many=True))
    @action(detail=False, methods=["post"])
    @answer_once
    @at_once("import")
    def bulk(self, request: Request) -> Response:
        """Add and change products, known by source and article number; up to 1,000, each with its result."""
        return _upsert(request, upsert_products)
