"""/api/v1/snapshots/, snapshot-rows/, decisions/, decision-lines/, classifications/"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import User
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import (
    CreateRows,
    DeleteRows,
    ReadOnlyResource,
    StrictSerializer,
    UnitsField,
    UpdateRows,
    act,
)
from kcrm.lib.filters import StrictFilterSet
from selection.models import ClassChoice, Classification, Decision, DecisionLine, Snapshot, SnapshotRow
from selection.services import decisions
from selection.services.snapshots import take_snapshot


class SnapshotSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A moment at which the positions of all customers were kept."""

    run = serializers.IntegerField(source="run_id")
    made_by = serializers.IntegerField(source="made_by_id")

    class Meta:
        model = Snapshot
        fields = ("id", "name", "note", "run", "cut", "made_by", "made_at")


class SnapshotRowSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
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


class DecisionSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
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


class DecisionLineSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What a decision says about one customer."""

    decision = serializers.IntegerField(source="decision_id")
    customer = serializers.IntegerField(source="customer_id")

    class Meta:
        model = DecisionLine
        fields = (
            "id", "decision", "customer", "calculated", "former", "chosen", "reason", "override_until", "version",
        )  # fmt: skip


class ClassificationSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What a customer is to us now."""

    customer = serializers.IntegerField(source="customer_id")
    decision = serializers.IntegerField(source="line.decision_id")

    class Meta:
        model = Classification
        fields = ("id", "customer", "kind", "since", "decision", "override_until", "version", "updated_at")


class SnapshotWriteSerializer(StrictSerializer):
    """A name for the moment, such as the quarter."""

    name = serializers.CharField(max_length=100)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class DecisionChangeSerializer(StrictSerializer):
    """What is decided, why, and from when."""

    title = serializers.CharField(max_length=150)
    purpose = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    effective_on = serializers.DateField()


class DecisionCreateSerializer(DecisionChangeSerializer):
    """A draft on a snapshot: everybody whom its figures place is taken in as they say."""

    snapshot = serializers.IntegerField(min_value=1)


class DecisionRemarkSerializer(StrictSerializer):
    """A word with the approval: who disagreed, and why."""

    remark = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class WhyNotSerializer(StrictSerializer):
    """Why not."""

    remark = serializers.CharField(max_length=4000)


class TellSerializer(StrictSerializer):
    """Who must know, and what it means for the function."""

    people = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), many=True)
    duty = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class LineChangeSerializer(StrictSerializer):
    """What a customer is to be; otherwise than the figures only with a reason, for a year at most."""

    chosen = serializers.ChoiceField(choices=ClassChoice.choices)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    override_until = serializers.DateField(required=False, allow_null=True)


class LineCreateSerializer(StrictSerializer):
    """A customer whom the figures do not place: an exception from the start."""

    decision = serializers.IntegerField(min_value=1)
    customer = serializers.IntegerField(min_value=1)
    chosen = serializers.ChoiceField(choices=ClassChoice.choices)
    reason = serializers.CharField(max_length=300)
    override_until = serializers.DateField()


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
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]  # every manager of ours has it
        return rows


class SnapshotResource(CreateRows, Visible):
    """Snapshots; the programme office takes them in person."""

    model = Snapshot
    serializer_class = SnapshotSerializer
    write_serializer_class = SnapshotWriteSerializer
    orderings: ClassVar = {"id": "pk", "made_at": "made_at"}
    default_ordering = "-made_at"

    def create_with(self, values: dict[str, Any]) -> Snapshot:
        """Call the service."""
        return take_snapshot(by=self.request.user, **values)  # type: ignore[arg-type]  # signed in


class SnapshotRowResource(Visible):
    """Where customers stood."""

    model = SnapshotRow
    serializer_class = SnapshotRowSerializer
    filterset_class = SnapshotRowFilter
    orderings: ClassVar = {"id": "pk", "rank": "rank", "score": "score"}


class DecisionResource(CreateRows, UpdateRows, Visible):
    """Decisions that were proposed or are in force; drafts for those who prepare them. Deciding takes a session."""

    model = Decision
    serializer_class = DecisionSerializer
    filterset_class = DecisionStateFilter
    orderings: ClassVar = {"id": "pk", "effective_on": "effective_on"}
    default_ordering = "-effective_on"

    @property
    def write_serializer_class(self) -> Any:
        """The snapshot is said once."""
        return DecisionCreateSerializer if self.action == "create" else DecisionChangeSerializer

    def create_with(self, values: dict[str, Any]) -> Decision:
        """Call the service."""
        return decisions.draft_decision(snapshot_id=values.pop("snapshot"), by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Decision:
        """Call the service."""
        return decisions.change_decision(decision_id=pk, version=version, values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(TellSerializer, versioned=False)
    def tell(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Put people on the list of those who are told."""
        decisions.tell(decision_id=pk, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act()
    def propose(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Put a draft before the directors; needs If-Match."""
        decisions.propose(decision_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(DecisionRemarkSerializer, verb=Verb.APPROVE)
    def approve(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Approve what somebody else proposed; needs If-Match."""
        decisions.decide(decision_id=pk, version=version, approve=True, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act(WhyNotSerializer, verb=Verb.APPROVE)
    def reject(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Reject it, saying why; needs If-Match."""
        decisions.decide(decision_id=pk, version=version, approve=False, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act()
    def withdraw(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Take back what is not in force yet; needs If-Match."""
        decisions.withdraw(decision_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(versioned=False)
    def acknowledge(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Say that one has read what one was told."""
        decisions.acknowledge(decision_id=pk, by=self.request.user)  # type: ignore[arg-type]  # signed in


class DecisionLineResource(CreateRows, UpdateRows, DeleteRows, Visible):
    """What decisions say about customers. Deleting decides nothing about a customer this time."""

    model = DecisionLine
    serializer_class = DecisionLineSerializer
    filterset_class = DecisionLineFilter
    verbs: ClassVar = {"create": Verb.UPDATE, "destroy": Verb.UPDATE}

    @property
    def write_serializer_class(self) -> Any:
        """Decision and customer are said once."""
        return LineCreateSerializer if self.action == "create" else LineChangeSerializer

    def visible_rows(self) -> QuerySet[Any]:
        """Lines of decisions and about customers that the caller sees."""
        return super().visible_rows().filter(decision__in=Decision.objects.visible_to(self.request.user))

    def create_with(self, values: dict[str, Any]) -> DecisionLine:
        """Call the service."""
        return decisions.add_customer(
            decision_id=values["decision"],
            customer_id=values["customer"],
            chosen=values["chosen"],
            reason=values["reason"],
            until=values["override_until"],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> DecisionLine:
        """Call the service."""
        now = self.visible_rows().get(pk=pk)
        kept = {name: getattr(now, name) for name in ("chosen", "reason", "override_until")}
        return decisions.choose_class(line_id=pk, version=version, by=self.request.user, **kept | values)  # type: ignore[arg-type]  # signed in

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        decisions.take_out(line_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in


class ClassificationResource(Visible):
    """What customers are to us now."""

    model = Classification
    serializer_class = ClassificationSerializer
    filterset_class = ClassificationFilter
