"""Customers, their sites, buying units and tags through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import permissions
from customers.api.bulk_upserts import BulkUpserts
from customers.api.duplicates import Mergeable
from customers.api.exporting import ExportCustomers, ExportPartRows
from customers.custom_fields import CUSTOMER
from customers.filters.customers import CustomerFilter
from customers.lists.customers import owner_name
from customers.models import BuyingUnit, Customer, Site, Tag
from customers.querysets.customers import key_list, tag_list
from customers.selectors.duplicates import likely_duplicates
from customers.selectors.history import history_of
from customers.serializers import customers as shapes
from customers.services import customers, parts, upserts
from fields.api import CustomFieldsResource, check_amounts
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import ReadOnlyResource, Resource, if_match
from kcrm.lib.errors import NotAllowed
from kcrm.lib.filters import StrictFilterSet
from teams.permissions import reader_of

HISTORY_ROWS = 100


class CustomerResource(CustomFieldsResource, Mergeable, BulkUpserts, ExportCustomers, Resource):
    """Customers: the same rows, rights and rules as the pages.

    A new customer that looks like a known one is refused with `likely_double`; `duplicates` shows which, `despite`
    says why it is another company.
    """

    merge_kind = "customer"
    record_type = CUSTOMER.key
    model = Customer
    access_resource = "account_profile"
    serializer_class = shapes.CustomerSerializer
    write_serializer_class = shapes.CustomerWriteSerializer
    filterset_class = CustomerFilter
    annotations: ClassVar = {"owner": owner_name(), "tag_names": tag_list(), "keys": key_list()}
    orderings: ClassVar = {
        "id": "pk", "name": "name_sort", "last_interaction_on": "last_interaction_on", "country": "country",
        "industry": "industry", "created_at": "created_at", "updated_at": "updated_at",
    }  # fmt: skip
    default_ordering = "name"
    verbs: ClassVar = {
        "duplicates": Verb.READ, "history": Verb.READ, "restore": Verb.DELETE, "by_external_id": Verb.UPDATE,
        "bulk_upsert": Verb.UPDATE, "merge": Verb.MERGE,
    }  # fmt: skip

    def visible_rows(self) -> QuerySet[Customer]:
        """The customers that the caller sees. Raises NotAllowed for those who keep people or audit."""
        user: Any = self.request.user
        if not permissions.can_open_customers(user):
            raise NotAllowed("account_profile", Verb.READ)
        return Customer.objects.visible_to(user).with_seen_parent_id(user)

    def reader(self) -> Any:
        """How far the caller reaches."""
        return reader_of(self.request.user)  # type: ignore[arg-type]  # signed in

    def allowed_classes(self) -> frozenset[str]:
        """The field classes of the caller's lists."""
        return permissions.list_classes_for(self.request.user)  # type: ignore[arg-type]  # signed in

    def create_with(self, values: dict[str, Any]) -> Customer:
        """Create a customer."""
        despite, tags = values.pop("despite", ""), values.pop("tags", ())
        return customers.create_customer(values=values, tag_names=tags, despite=despite, by=self.request.user)  # type: ignore[arg-type]  # signed in

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Customer:
        """Change a customer."""
        values.pop("despite", None)
        tags = values.pop("tags", None)
        return customers.update_customer(
            customer_id=pk, version=version, values=values, tag_names=tags, by=self.request.user  # type: ignore[arg-type]  # signed in
        )  # fmt: skip

    def delete_with(self, pk: int, version: int) -> None:
        """Put a customer into the bin."""
        customers.delete_customer(customer_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(request=None, responses=shapes.CustomerSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def restore(self, request: Request, pk: str) -> Response:
        """Take a customer out of the bin; needs If-Match."""
        user: Any = request.user
        Customer.objects.binned_for(user).get(pk=int(pk))
        customers.restore_customer(customer_id=int(pk), version=if_match(request), by=user)
        return self.answer_with(int(pk))

    @extend_schema(
        parameters=[OpenApiParameter(name) for name in ("name", "website", "domain", "registration_no", "phone")],
        responses=shapes.LikenessSerializer(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def duplicates(self, request: Request) -> Response:
        """Customers that may be the same company as one with these values."""
        user: Any = request.user
        found = likely_duplicates(user, {name: request.query_params.get(name, "") for name in DUPLICATE_KEYS})
        return Response(shapes.LikenessSerializer(found.shown, many=True).data)

    @extend_schema(responses=shapes.HistoryEntrySerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """Who changed what, the latest hundred acts."""
        user: Any = request.user
        customer = Customer.objects.visible_to(user).with_unit().get(pk=int(pk))
        if not permissions.can_see_history(user, customer):
            raise NotAllowed("record_history", Verb.READ)
        entries = history_of(customer, permissions.standings_for(user, customer), per_page=HISTORY_ROWS).entries
        return Response(shapes.HistoryEntrySerializer(entries, many=True).data)

    @extend_schema(request=shapes.CustomerWriteSerializer, responses=shapes.CustomerSerializer)
    @action(detail=False, methods=["put"], url_path=r"by-external-id/(?P<source>[^/]{1,40})/(?P<value>[^/]{1,100})")
    @answer_once
    def by_external_id(self, request: Request, source: str, value: str) -> Response:
        """Create the customer with this key in another system, or change the one that has it.

        Only the fields that are sent change. With If-Match a change is refused if somebody saved first.
        """
        user: Any = request.user
        known = upserts.find_by_key(source, value, by=user) is not None
        serializer = shapes.CustomerWriteSerializer(data=request.data, partial=known)
        serializer.is_valid(raise_exception=True)
        version = if_match(request) if "If-Match" in request.headers else None
        check_amounts(CUSTOMER.key, serializer.validated_data.get("custom") or {}, user)
        customer, is_new = upserts.upsert_customer(
            source=source, value=value, values=serializer.validated_data, version=version, by=user
        )
        return self.answer_with(customer.pk, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


DUPLICATE_KEYS = ("name", "website", "domain", "registration_no", "phone")


class PartFilter(StrictFilterSet):
    """Parts by their customer and name."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    name = django_filters.CharFilter(lookup_expr="icontains")


class PartResource(ExportPartRows, Resource):
    """What hangs on one customer and is changed with the right to change that customer."""

    access_resource = "account_profile"
    filterset_class = PartFilter
    orderings: ClassVar = {"id": "pk", "name": "name", "customer": "customer_id"}
    default_ordering = "name"
    verbs: ClassVar = {"destroy": Verb.UPDATE, "restore": Verb.UPDATE, "create": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[Any]:
        """The parts of customers that the caller sees."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]  # every manager of ours has it
        return rows

    def create_with(self, values: dict[str, Any]) -> Any:
        """Create a part."""
        customer_id = values.pop("customer")
        return parts.create_part(self.model, customer_id=customer_id, values=values, by=self.request.user)  # type: ignore[type-var]  # one of the parts' models

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Any:
        """Change a part; it stays with its customer."""
        if values.pop("customer", None) not in {
            None,
            self.visible_rows().values_list("customer", flat=True).get(pk=pk),
        }:
            raise serializers.ValidationError({"customer": _("It stays with its customer.")})
        return parts.update_part(self.model, part_id=pk, version=version, values=values, by=self.request.user)  # type: ignore[type-var]  # one of the parts' models

    def delete_with(self, pk: int, version: int) -> None:
        """Put a part into the bin."""
        parts.delete_part(self.model, part_id=pk, version=version, by=self.request.user)  # type: ignore[type-var]  # one of the parts' models

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @answer_once
    def restore(self, request: Request, pk: str) -> Response:
        """Take a part out of the bin; needs If-Match."""
        parts.restore_part(self.model, part_id=int(pk), version=if_match(request), by=request.user)  # type: ignore[type-var]  # one of the parts' models
        return self.answer_with(int(pk))


class SiteResource(PartResource):
    """Sites of customers."""

    model = Site
    serializer_class = shapes.SiteSerializer
    write_serializer_class = shapes.SiteWriteSerializer


class BuyingUnitResource(PartResource):
    """Buying units of customers."""

    model = BuyingUnit
    serializer_class = shapes.BuyingUnitSerializer
    write_serializer_class = shapes.BuyingUnitWriteSerializer


class TagFilter(StrictFilterSet):
    """Tags by name."""

    name = django_filters.CharFilter(lookup_expr="icontains")


class TagResource(ReadOnlyResource):
    """Tags of the customers that the caller sees; they come into being with the first customer that has them."""

    model = Tag
    access_resource = "account_profile"
    serializer_class = shapes.TagSerializer
    filterset_class = TagFilter
    orderings: ClassVar = {"id": "pk", "name": "name"}
    default_ordering = "name"

    def visible_rows(self) -> QuerySet[Tag]:
        """The tags of visible customers."""
        return Tag.objects.visible_to(self.request.user)  # type: ignore[arg-type]  # signed in
