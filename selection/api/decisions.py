"""/api/v1/snapshots/, snapshot-rows/, decisions/, decision-lines/, classifications/"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from kcrm.lib.api.resources import ReadOnlyResource, UnitsField
from kcrm.lib.filters import StrictFilterSet
from selection.models import ClassChoice, Classification, Decision, DecisionLine, Snapshot, SnapshotRow


class SnapshotSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A moment at which the positions of all customers were kept."""

    run = serializers.IntegerField(source="run_id")
    made_by = serializers.IntegerField(source="made_by_id")

    class Meta:
        model = Snapshot
        fields = ("id", "name", "note", "run", "cut", "made_by", "made_at")


class SnapshotRowSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Where one customer stood."""

    snapshot = serializers.IntegerField(source="snapshot_id")
    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer.name")
    net_sales_12m = UnitsField(source="sales_units")

    class Meta:
        model = SnapshotRow
        fields = (
            "id", "snapshot", "customer", "customer_name", "score", "rank", "tier", "ratio", "gap", "is_hollow",
            "quadrant", "net_sales_12m",
        )  # fmt: skip


class DecisionSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A decision about customers; its lines are resources of their own."""

    snapshot = serializers.IntegerField(source="snapshot_id")
    drafted_by = serializers.IntegerField(source="drafted_by_id")
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)

    class Meta:
        model = Decision
        fields = (
            "id", "title", "purpose", "snapshot", "state", "effective_on", "drafted_by", "proposed_at", "decided_by",
            "decided_at", "remark", "applied_at", "version", "created_at", "updated_at",
        )  # fmt: skip


class DecisionLineSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """What a decision says about one customer."""

    decision = serializers.IntegerField(source="decision_id")
    customer = serializers.IntegerField(source="customer_id")

    class Meta:
        model = DecisionLine
        fields = (
            "id", "decision", "customer", "calculated", "former", "chosen", "reason", "override_until", "version",
        )  # fmt: skip


class ClassificationSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """What a customer is to us now."""

    customer = serializers.IntegerField(source="customer_id")
    decision = serializers.IntegerField(source="line.decision_id")

    class Meta:
        model = Classification
        fields = ("id", "customer", "kind", "since", "decision", "override_until", "version", "updated_at")


class SnapshotRowFilter(StrictFilterSet):
    """Rows by snapshot, customer and quadrant."""

    snapshot = django_filters.NumberFilter(field_name="snapshot_id")
    customer = django_filters.NumberFilter(field_name="customer_id")
    quadrant = django_filters.ChoiceFilter(choices=ClassChoice.choices)


class DecisionStateFilter(StrictFilterSet):
    """Decisions by state and snapshot."""

    state = django_filters.ChoiceFilter(choices=Decision.State.choices)
    snapshot = django_filters.NumberFilter(field_name="snapshot_id")


class DecisionLineFilter(StrictFilterSet):
    """Lines by decision, customer and class."""

    decision = django_filters.NumberFilter(field_name="decision_id")
    customer = django_filters.NumberFilter(field_name="customer_id")
    chosen = django_filters.ChoiceFilter(choices=ClassChoice.choices)


class ClassificationFilter(StrictFilterSet):
    """Classes by customer and kind."""

    customer = django_filters.NumberFilter(field_name="customer_id")
    kind = django_filters.ChoiceFilter(choices=ClassChoice.choices)


class Visible(ReadOnlyResource):
    """Rows that their queryset shows the caller."""

    access_resource = "selection_decision"

    def visible_rows(self) -> QuerySet[Any]:
        """What the caller may see."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]
        return rows


class SnapshotResource(Visible):
    """Snapshots."""

    model = Snapshot
    serializer_class = SnapshotSerializer
    orderings: ClassVar = {"id": "pk", "made_at": "made_at"}
    default_ordering = "-made_at"


class SnapshotRowResource(Visible):
    """Where customers stood."""

    model = SnapshotRow
    serializer_class = SnapshotRowSerializer
    filterset_class = SnapshotRowFilter
    orderings: ClassVar = {"id": "pk", "rank": "rank", "score": "score"}


class DecisionResource(Visible):
    """Decisions that were proposed or are in force; drafts for those who prepare them."""

    model = Decision
    serializer_class = DecisionSerializer
    filterset_class = DecisionStateFilter
    orderings: ClassVar = {"id": "pk", "effective_on": "effective_on"}
    default_ordering = "-effective_on"


class DecisionLineResource(Visible):
    """What decisions say about customers."""

    model = DecisionLine
    serializer_class = DecisionLineSerializer
    filterset_class = DecisionLineFilter

    def visible_rows(self) -> QuerySet[Any]:
        """Lines of decisions and about customers that the caller sees."""
        return super().visible_rows().filter(decision__in=Decision.objects.visible_to(self.request.user))


class ClassificationResource(Visible):
    """What customers are to us now."""

    model = Classification
    serializer_class = ClassificationSerializer
    filterset_class = ClassificationFilter
