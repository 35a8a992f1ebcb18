"""What ties customers and us, through the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, ReadOnlyResource, StrictSerializer, act
from selection.api.strengths import OfCustomerFilter
from selection.filters import InSegment
from selection.models import (
    Bond,
    DependenceAssessment,
    DependenceChoice,
    QualityResponse,
    Relationship,
    SideChoice,
    StageAssessment,
)
from selection.services import relationships

COST: dict[str, Any] = {
    "max_digits": 14, "decimal_places": 2, "min_value": 0, "required": False, "allow_null": True,
}  # fmt: skip


class RelationshipSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What a relationship adds up to; `status` decides nothing while `is_provisional`."""

    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer.name")

    class Meta:
        model = Relationship
        fields = (
            "id", "customer", "customer_name", "status", "status_coverage", "is_provisional", "bond_index",
            "has_key_person_risk", "our_stage", "their_stage", "quality_index", "share_of_wallet", "tenure_years",
            "customer_dependence", "our_dependence", "dependence", "requalification", "tooling", "training",
            "data_migration", "dual_running", "penalties", "locked_in", "version", "updated_at",
        )  # fmt: skip


class LeavingSerializer(StrictSerializer):
    """What leaving us would cost the customer, item by item (null: not known), and who is locked in."""

    requalification = serializers.DecimalField(**COST)
    tooling = serializers.DecimalField(**COST)
    training = serializers.DecimalField(**COST)
    data_migration = serializers.DecimalField(**COST)
    dual_running = serializers.DecimalField(**COST)
    penalties = serializers.DecimalField(**COST)
    locked_in = serializers.ChoiceField(choices=Relationship.LockedIn.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class RelationshipFilter(InSegment):
    """Relationships by customer, by its segment and by what they say."""

    path_to_customer = "customer"

    customer = django_filters.NumberFilter(field_name="customer_id")
    is_provisional = django_filters.BooleanFilter()
    has_key_person_risk = django_filters.BooleanFilter()
    dependence = django_filters.ChoiceFilter(choices=DependenceChoice.choices)


class RelationshipResource(ReadOnlyResource):
    """How close are we to each customer, and what would leaving cost?"""

    model = Relationship
    access_resource = "score"
    serializer_class = RelationshipSerializer
    filterset_class = RelationshipFilter
    orderings: ClassVar = {"id": "pk", "status": "status", "bond_index": "bond_index"}

    def visible_rows(self) -> QuerySet[Relationship]:
        """Relationships of customers whose scores the caller may read."""
        rows: QuerySet[Relationship] = Relationship.objects.visible_to(self.request.user)
        return rows

    @act(LeavingSerializer, verb=Verb.CREATE, resource="score_sheet")
    def leaving(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Say what leaving us would cost; what is not named stays. Needs If-Match."""
        now = self.visible_rows().get(pk=pk)
        words = {name: values.pop(name, getattr(now, name)) for name in ("locked_in", "note")}
        relationships.set_switching_cost(
            customer_id=now.customer_id,
            costs=values,
            version=version,
            by=self.request.user,
            today=timezone.localdate(),
            **words,
        )


class Assessments(CreateRows):
    """What people wrote down about relationships. Posting again replaces what was said before."""

    access_resource = "score_sheet"
    filterset_class = OfCustomerFilter

    def visible_rows(self) -> QuerySet[Any]:
        """Rows of customers whose score sheets the caller may read."""
        rows: QuerySet[Any] = self.model.objects.visible_to(self.request.user)  # type: ignore[attr-defined]  # of a part
        return rows

    def common(self, values: dict[str, Any]) -> dict[str, Any]:
        """What every service takes."""
        return {"customer_id": values["customer"], "by": self.request.user, "today": timezone.localdate()}


class BondSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """One kind of tie, 0 none to 4 both have invested."""

    customer = serializers.IntegerField(source="customer_id")
    assessed_by = serializers.IntegerField(source="assessed_by_id")

    class Meta:
        model = Bond
        fields = ("id", "customer", "kind", "score", "note", "assessed_on", "assessed_by", "version")


class BondWriteSerializer(StrictSerializer):
    """A bond of a customer."""

    customer = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(choices=Bond.Kind.choices)
    score = serializers.IntegerField(min_value=0, max_value=4)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class BondResource(Assessments):
    """What ties us to each customer?"""

    model = Bond
    serializer_class = BondSerializer
    write_serializer_class = BondWriteSerializer

    def create_with(self, values: dict[str, Any]) -> Bond:
        """Call the service."""
        relationships.set_bonds(bonds={values["kind"]: (values["score"], values["note"])}, **self.common(values))
        found: Bond = Bond.objects.get(customer=values["customer"], kind=values["kind"])
        return found


class StageSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """Six answers of 1 to 4 on the stage, of one side."""

    customer = serializers.IntegerField(source="customer_id")
    assessed_by = serializers.IntegerField(source="assessed_by_id")

    class Meta:
        model = StageAssessment
        fields = ("id", "customer", "side", "answers", "note", "assessed_on", "assessed_by", "version")


class StageWriteSerializer(StrictSerializer):
    """The answers of one side."""

    customer = serializers.IntegerField(min_value=1)
    side = serializers.ChoiceField(choices=SideChoice.choices)
    answers = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=4))
    said_by = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")


class StageResource(Assessments):
    """How far has each relationship come, as both sides see it?"""

    model = StageAssessment
    serializer_class = StageSerializer
    write_serializer_class = StageWriteSerializer

    def create_with(self, values: dict[str, Any]) -> StageAssessment:
        """Call the service."""
        _refuse_unknown(values["answers"], relationships.StageItem)
        return relationships.assess_stage(
            side=values["side"],
            answers=values["answers"],
            said_by_id=values["said_by"],
            note=values["note"],
            **self.common(values),
        )


class QualitySerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """One respondent's answers of 1 to 7 on the quality of the relationship."""

    customer = serializers.IntegerField(source="customer_id")
    assessed_by = serializers.IntegerField(source="assessed_by_id")

    class Meta:
        model = QualityResponse
        fields = ("id", "customer", "side", "answers", "answered_on", "assessed_by", "version")


class QualityWriteSerializer(StrictSerializer):
    """The answers of one respondent by dimension."""

    customer = serializers.IntegerField(min_value=1)
    side = serializers.ChoiceField(choices=SideChoice.choices)
    answers = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=7), max_length=3)
    )
    said_by = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class QualityResource(Assessments):
    """How good is each relationship, as both sides see it?"""

    model = QualityResponse
    serializer_class = QualitySerializer
    write_serializer_class = QualityWriteSerializer

    def create_with(self, values: dict[str, Any]) -> QualityResponse:
        """Call the service."""
        _refuse_unknown(values["answers"], relationships.Dimension)
        return relationships.answer_quality(
            side=values["side"], answers=values["answers"], said_by_id=values["said_by"], **self.common(values)
        )


class DependenceSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """Eight answers of 1 to 5 on who needs whom, and the buyer's view of our goods."""

    customer = serializers.IntegerField(source="customer_id")
    assessed_by = serializers.IntegerField(source="assessed_by_id")

    class Meta:
        model = DependenceAssessment
        fields = (
            "id", "customer", "answers", "profit_impact", "supply_risk", "note", "assessed_on", "assessed_by",
            "version",
        )  # fmt: skip


class DependenceWriteSerializer(StrictSerializer):
    """Who needs whom."""

    customer = serializers.IntegerField(min_value=1)
    answers = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=5))
    profit_impact = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    supply_risk = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")


class DependenceResource(Assessments):
    """Who needs whom?"""

    model = DependenceAssessment
    serializer_class = DependenceSerializer
    write_serializer_class = DependenceWriteSerializer

    def create_with(self, values: dict[str, Any]) -> DependenceAssessment:
        """Call the service."""
        _refuse_unknown(values["answers"], relationships.DEPENDENCE_ITEMS)
        return relationships.assess_dependence(
            answers=values["answers"],
            profit_impact=values["profit_impact"],
            supply_risk=values["supply_risk"],
            note=values["note"],
            **self.common(values),
        )


def _refuse_unknown(answers: dict[str, Any], known: Any) -> None:
    if unknown := set(answers) - set(map(str, known)):
        raise serializers.ValidationError({"answers": [f"Unknown: {', '.join(sorted(unknown))}."]})
