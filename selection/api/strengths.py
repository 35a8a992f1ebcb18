"""How customers see us, through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import (
    CreateRows,
    DeleteRows,
    KeysField,
    ReadOnlyResource,
    Resource,
    StrictSerializer,
    act,
    given,
)
from kcrm.lib.filters import StrictFilterSet
from selection.models import Alternative, CustomerView, Rating, SupplierScore, ViewFactor
from selection.services import customer_views, fact_finding

EVIDENCE = Rating.Evidence.choices


class CustomerViewSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What a customer's view of us adds up to; `ratio`, `gap` and `is_strong` are null in unknown territory."""

    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer.name")

    class Meta:
        model = CustomerView
        fields = (
            "id", "customer", "customer_name", "sole_source", "verified_on", "ratio", "gap", "place", "our_score",
            "best_score", "best_name", "is_strong", "confidence", "is_hollow", "solid_until", "oldest_on", "reason",
            "version", "updated_at",
        )  # fmt: skip


class DescribeSerializer(StrictSerializer):
    """Whether we are the only source, and when and with whom the customer itself confirmed its view."""

    sole_source = serializers.BooleanField()
    verified_on = serializers.DateField(allow_null=True)
    verified_with = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class CustomersSerializer(StrictSerializer):
    """Customers of whom we do not know enough."""

    customers = KeysField(min_length=1)


class RaisedSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """How many new tasks were given."""

    tasks = serializers.IntegerField()


class CustomerViewFilter(StrictFilterSet):
    """Views by customer and by what they say."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    is_strong = django_filters.BooleanFilter()
    is_hollow = django_filters.BooleanFilter()
    unknown = django_filters.BooleanFilter(field_name="is_strong", lookup_expr="isnull")

    class Meta:
        model = CustomerView
        fields: ClassVar[list[str]] = []


class CustomerViewResource(ReadOnlyResource):
    """How do our customers see us against whom they could choose instead?"""

    model = CustomerView
    access_resource = "score"
    serializer_class = CustomerViewSerializer
    filterset_class = CustomerViewFilter
    orderings: ClassVar = {"id": "pk", "ratio": "ratio", "gap": "gap", "oldest_on": "oldest_on"}

    def visible_rows(self) -> QuerySet[CustomerView]:
        """Views of customers whose scores the caller may read."""
        rows: QuerySet[CustomerView] = CustomerView.objects.visible_to(self.request.user)
        return rows

    @act(DescribeSerializer, verb=Verb.CREATE, resource="score_sheet")
    def describe(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Say what is true of the whole view; needs If-Match."""
        customer_views.describe_view(
            customer_id=self.visible_rows().get(pk=pk).customer_id,
            version=version,
            sole_source=values["sole_source"],
            verified_on=values["verified_on"],
            verified_with_id=values["verified_with"],
            by=self.request.user,
            today=timezone.localdate(),
        )

    @act(verb=Verb.CREATE, resource="score_sheet", versioned=False)
    def weights(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Turn the customer's weights into whole points that total 100, in the same proportions."""
        found = self.visible_rows().get(pk=pk)
        customer_views.balance_weights(customer_id=found.customer_id, by=self.request.user, today=timezone.localdate())

    @extend_schema(request=CustomersSerializer, responses={200: RaisedSerializer})
    @action(detail=False, methods=["post"])
    @answer_once
    def ask(self, request: Request) -> Response:
        """Give the owners of these customers a task for each open question that has none yet."""
        found = given(CustomersSerializer, request)["customers"]
        count = fact_finding.raise_tasks_for(customer_ids=found, by=request.user, today=timezone.localdate())
        return Response({"tasks": count})

    ask.verb, ask.resource = Verb.CREATE, "task"


class OfCustomerFilter(StrictFilterSet):
    """Rows of one customer."""

    customer = django_filters.NumberFilter(field_name="customer_id")


class ViewFactorSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """Something a customer judges its suppliers by."""

    customer = serializers.IntegerField(source="customer_id")
    said_by = serializers.IntegerField(source="said_by_id")

    class Meta:
        model = ViewFactor
        fields = (
            "id", "customer", "name", "weight", "evidence", "said_by", "said_on", "note", "position", "version",
        )  # fmt: skip


class ViewFactorChangeSerializer(StrictSerializer):
    """What can be said of a factor."""

    name = serializers.CharField(max_length=120)
    weight = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    evidence = serializers.ChoiceField(choices=EVIDENCE, required=False)
    said_by = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    said_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class ViewFactorCreateSerializer(ViewFactorChangeSerializer):
    """A new factor of a customer."""

    customer = serializers.IntegerField(min_value=1)


class GapTaskSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """The new task; null where one is open already."""

    task = serializers.IntegerField(allow_null=True)


class ViewFactorResource(Resource):
    """What does each customer judge its suppliers by, and how much does it count?"""

    model = ViewFactor
    access_resource = "score_sheet"
    serializer_class = ViewFactorSerializer
    filterset_class = OfCustomerFilter
    verbs: ClassVar = {"destroy": Verb.UPDATE}

    @property
    def write_serializer_class(self) -> Any:
        """The customer is said once."""
        return ViewFactorCreateSerializer if self.action == "create" else ViewFactorChangeSerializer

    def visible_rows(self) -> QuerySet[ViewFactor]:
        """Factors of customers whose score sheets the caller may read."""
        rows: QuerySet[ViewFactor] = ViewFactor.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> ViewFactor:
        """Call the service."""
        customer_id = values.pop("customer")
        return customer_views.save_factor(
            customer_id=customer_id, values=_with_person(values), by=self.request.user, today=timezone.localdate()
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ViewFactor:
        """Call the service."""
        return customer_views.save_factor(
            customer_id=self.visible_rows().get(pk=pk).customer_id,
            factor_id=pk,
            version=version,
            values=_with_person(values),
            by=self.request.user,
            today=timezone.localdate(),
        )

    @act(verb=Verb.CREATE, resource="task", versioned=False, answers=GapTaskSerializer)
    def close(self, pk: int, version: None, values: dict[str, Any]) -> Response:
        """Give the account's owner a task to close the gap on this factor."""
        found = self.visible_rows().get(pk=pk)
        task = fact_finding.close_gap(
            customer_id=found.customer_id, factor_id=pk, by=self.request.user, today=timezone.localdate()
        )
        return Response({"task": task.pk if task else None})

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        customer_views.remove_factor(
            customer_id=self.visible_rows().get(pk=pk).customer_id,
            factor_id=pk,
            version=version,
            by=self.request.user,
            today=timezone.localdate(),
        )


class AlternativeSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """Whom or what a customer could choose instead of us."""

    customer = serializers.IntegerField(source="customer_id")
    name = serializers.CharField(source="competitor.name")

    class Meta:
        model = Alternative
        fields = ("id", "customer", "kind", "name", "version")


class AlternativeWriteSerializer(StrictSerializer):
    """A rival by name, or another kind of alternative."""

    customer = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(choices=Alternative.Kind.choices, default=Alternative.Kind.RIVAL)
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")


class AlternativeResource(CreateRows, DeleteRows):
    """Whom or what could each customer choose instead of us?"""

    model = Alternative
    access_resource = "score_sheet"
    serializer_class = AlternativeSerializer
    write_serializer_class = AlternativeWriteSerializer
    filterset_class = OfCustomerFilter
    verbs: ClassVar = {"destroy": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[Alternative]:
        """Alternatives of customers whose score sheets the caller may read."""
        rows: QuerySet[Alternative] = Alternative.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Alternative:
        """Call the service."""
        return customer_views.name_alternative(
            customer_id=values["customer"],
            kind=values["kind"],
            name=values["name"],
            by=self.request.user,
            today=timezone.localdate(),
        )

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        customer_views.remove_alternative(
            customer_id=self.visible_rows().get(pk=pk).customer_id,
            alternative_id=pk,
            by=self.request.user,
            today=timezone.localdate(),
        )


class SupplierScoreSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """What a supplier scores with a customer; `alternative` is null for us."""

    customer = serializers.IntegerField(source="customer_id")
    factor = serializers.IntegerField(source="factor_id")
    alternative = serializers.IntegerField(source="alternative_id")
    said_by = serializers.IntegerField(source="said_by_id")
    rated_by = serializers.IntegerField(source="rated_by_id")

    class Meta:
        model = SupplierScore
        fields = (
            "id", "customer", "factor", "alternative", "score", "evidence", "said_by", "observed_on", "note",
            "rated_by", "version",
        )  # fmt: skip


class SupplierScoreWriteSerializer(StrictSerializer):
    """A score with its evidence. Posting again replaces the score of that supplier on that factor."""

    factor = serializers.IntegerField(min_value=1)
    alternative = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    score = serializers.DecimalField(max_digits=4, decimal_places=2, min_value=1, max_value=10)
    evidence = serializers.ChoiceField(choices=EVIDENCE, default=Rating.Evidence.GUESS)
    said_by = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    observed_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")


class SupplierScoreFilter(OfCustomerFilter):
    """Scores by customer and factor."""

    factor = django_filters.NumberFilter(field_name="factor_id")


class SupplierScoreResource(CreateRows):
    """What do we and others score with each customer, and how do we know?"""

    model = SupplierScore
    access_resource = "score_sheet"
    serializer_class = SupplierScoreSerializer
    write_serializer_class = SupplierScoreWriteSerializer
    filterset_class = SupplierScoreFilter

    def visible_rows(self) -> QuerySet[SupplierScore]:
        """Scores of customers whose score sheets the caller may read."""
        rows: QuerySet[SupplierScore] = SupplierScore.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> SupplierScore:
        """Call the service."""
        factor = ViewFactor.objects.visible_to(self.request.user).get(pk=values.pop("factor"))
        return customer_views.rate_supplier(
            customer_id=factor.customer_id,
            factor_id=factor.pk,
            alternative_id=values.pop("alternative"),
            values=_with_person(values),
            by=self.request.user,
            today=timezone.localdate(),
        )


def _with_person(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the service takes them: the contact under the name of its column."""
    cleaned = dict(values)
    if "said_by" in cleaned:
        cleaned["said_by_id"] = cleaned.pop("said_by")
    return cleaned
