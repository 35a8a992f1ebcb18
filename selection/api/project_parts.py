"""What the steps of a selection project write down, through the REST door: each row a resource with its project."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import User
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, DeleteRows, StrictSerializer, UpdateRows
from kcrm.lib.filters import StrictFilterSet
from selection.calculations.selling_modes import SellingMeasure
from selection.models import (
    FunctionChoice,
    ModeChoice,
    ProjectMember,
    ProjectMode,
    ProjectObjective,
    ProjectResource,
    ProjectStep,
)
from selection.services import project_parts, projects
from teams.models import TeamMembership

DAYS: dict[str, Any] = {"min_value": 0, "max_value": 366}


class OfProjectFilter(StrictFilterSet):
    """Rows of one project."""

    project = django_filters.NumberFilter(field_name="project_id")


class PartOfProject(UpdateRows):
    """Rows that are seen with their project; what writes them is a change of the project."""

    access_resource = "selection_project"
    filterset_class = OfProjectFilter
    orderings: ClassVar = {"id": "pk", "project": "project_id"}
    verbs: ClassVar = {"create": Verb.UPDATE, "destroy": Verb.UPDATE}

    def visible_rows(self) -> QuerySet[Any]:
        """Rows of the projects that the caller reads by role or works in."""
        rows: QuerySet[Any] = self.model._default_manager.visible_to(self.request.user)  # type: ignore[attr-defined]  # every manager of ours has it
        return rows

    @property
    def by(self) -> User:
        """Who calls."""
        user: Any = self.request.user
        return user

    def project_of(self, pk: int) -> int:
        """The project of a row. Raises DoesNotExist."""
        found: int = self.visible_rows().get(pk=pk).project_id
        return found


class ObjectiveSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """What the company wants of the selection."""

    project = serializers.IntegerField(source="project_id")

    class Meta:
        model = ProjectObjective
        fields = ("id", "project", "name", "measure", "target", "due_on", "weight", "version")


class ObjectiveChangeSerializer(StrictSerializer):
    """An objective: its measure, target and day, and how much of 100 it counts."""

    name = serializers.CharField(max_length=150)
    measure = serializers.CharField(max_length=150, required=False, allow_blank=True)
    target = serializers.CharField(max_length=100, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    weight = serializers.IntegerField(min_value=0, max_value=100, required=False)


class ObjectiveCreateSerializer(ObjectiveChangeSerializer):
    """A new objective."""

    project = serializers.IntegerField(min_value=1)


class ObjectiveResource(CreateRows, DeleteRows, PartOfProject):
    """What is a selection to reach? (step *objectives*)"""

    model = ProjectObjective
    serializer_class = ObjectiveSerializer

    @property
    def write_serializer_class(self) -> Any:
        """The project is said once."""
        return ObjectiveCreateSerializer if self.action == "create" else ObjectiveChangeSerializer

    def create_with(self, values: dict[str, Any]) -> ProjectObjective:
        """Call the service."""
        return project_parts.save_objective(project_id=values.pop("project"), values=values, by=self.by)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ProjectObjective:
        """Call the service."""
        return project_parts.save_objective(
            project_id=self.project_of(pk), objective_id=pk, version=version, values=values, by=self.by
        )

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        project_parts.drop_objective(project_id=self.project_of(pk), objective_id=pk, version=version, by=self.by)


class ResourceSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """The days of a function: heads times net days, and what a day costs in the reporting currency."""

    project = serializers.IntegerField(source="project_id")

    class Meta:
        model = ProjectResource
        fields = ("id", "project", "function", "heads", "net_days", "day_rate", "version")


class ResourceChangeSerializer(StrictSerializer):
    """How many people there are and how many days a year one of them has."""

    heads = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=0)
    net_days = serializers.DecimalField(max_digits=5, decimal_places=1, **DAYS)
    day_rate = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True)


class ResourceCreateSerializer(ResourceChangeSerializer):
    """The days of a function."""

    project = serializers.IntegerField(min_value=1)
    function = serializers.ChoiceField(choices=TeamMembership.Function.choices)


class ProjectResourceResource(CreateRows, PartOfProject):
    """What is there to serve key customers with? Posting again for a function changes its days (step *resources*)."""

    model = ProjectResource
    serializer_class = ResourceSerializer

    @property
    def write_serializer_class(self) -> Any:
        """Project and function are said once."""
        return ResourceCreateSerializer if self.action == "create" else ResourceChangeSerializer

    def create_with(self, values: dict[str, Any]) -> ProjectResource:
        """Call the service."""
        given = {"day_rate": None} | values
        return project_parts.set_resource(project_id=given.pop("project"), by=self.by, **given)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ProjectResource:
        """Call the service."""
        now = self.visible_rows().get(pk=pk)
        kept = {name: getattr(now, name) for name in ("function", "heads", "net_days", "day_rate")}
        return project_parts.set_resource(project_id=now.project_id, version=version, by=self.by, **kept | values)


class SellingModeSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A way of selling: how many customers, the days one of them takes, what its people are paid and measured on."""

    project = serializers.IntegerField(source="project_id")

    class Meta:
        model = ProjectMode
        fields = ("id", "project", "mode", "customers", "effort", "paid_as", "measures", "version")


class SellingModeChangeSerializer(StrictSerializer):
    """What one way of selling takes; `effort` is {function: days a year of one customer}."""

    customers = serializers.IntegerField(min_value=0, max_value=1_000_000)
    effort = serializers.DictField(child=serializers.FloatField(**DAYS), required=False)
    paid_as = serializers.ChoiceField(choices=ModeChoice.choices, required=False, allow_blank=True)
    measures = serializers.ListField(
        child=serializers.ChoiceField(choices=[measure.value for measure in SellingMeasure]), required=False
    )


class SellingModeResource(PartOfProject):
    """What does each way of selling take? (step *resources*)"""

    model = ProjectMode
    serializer_class = SellingModeSerializer
    write_serializer_class = SellingModeChangeSerializer

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ProjectMode:
        """Call the service."""
        now = self.visible_rows().get(pk=pk)
        return project_parts.set_mode(
            project_id=now.project_id, mode=now.mode, version=version, values=values, by=self.by
        )


class MemberSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """Somebody of the selection team, and what he says to the result."""

    project = serializers.IntegerField(source="project_id")
    user = serializers.IntegerField(source="user_id")

    class Meta:
        model = ProjectMember
        fields = (
            "id", "project", "user", "function", "role", "why", "left_on", "answer", "answer_note", "answered_at",
            "version",
        )  # fmt: skip


class MemberChangeSerializer(StrictSerializer):
    """For which function somebody speaks, as what, and why this person."""

    function = serializers.ChoiceField(choices=FunctionChoice.choices)
    role = serializers.ChoiceField(choices=ProjectMember.Role.choices, required=False)
    why = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MemberCreateSerializer(MemberChangeSerializer):
    """Somebody new in the team, who is told so."""

    project = serializers.IntegerField(min_value=1)
    user = serializers.IntegerField(min_value=1)


class SelectionMemberResource(CreateRows, DeleteRows, PartOfProject):
    """Who selects? Deleting lets somebody leave the team and its open rounds; scores given stay (step *team*)."""

    model = ProjectMember
    serializer_class = MemberSerializer

    @property
    def write_serializer_class(self) -> Any:
        """Project and person are said once."""
        return MemberCreateSerializer if self.action == "create" else MemberChangeSerializer

    def create_with(self, values: dict[str, Any]) -> ProjectMember:
        """Call the service."""
        return project_parts.add_member(
            project_id=values.pop("project"), user_id=values.pop("user"), by=self.by, **values
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ProjectMember:
        """Call the service."""
        return project_parts.change_member(
            project_id=self.project_of(pk), member_id=pk, version=version, values=values, by=self.by
        )

    def delete_with(self, pk: int, version: int) -> None:
        """Call the service."""
        project_parts.let_member_leave(project_id=self.project_of(pk), member_id=pk, version=version, by=self.by)


class StepRowSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """A step as its responsible keeps it; its gate and conditions are at the project's `steps/`."""

    project = serializers.IntegerField(source="project_id")
    step = serializers.CharField(source="kind")
    responsible = serializers.IntegerField(source="responsible_id")

    class Meta:
        model = ProjectStep
        fields = ("id", "project", "step", "responsible", "due_on", "finding", "version")


class StepChangeSerializer(StrictSerializer):
    """Who sees to a step, by when, and what was found."""

    responsible = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False)
    due_on = serializers.DateField(required=False)
    finding = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class SelectionStepResource(PartOfProject):
    """Who sees to each step, by when, and what was found?"""

    model = ProjectStep
    serializer_class = StepRowSerializer
    write_serializer_class = StepChangeSerializer

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> ProjectStep:
        """Call the service."""
        now = self.visible_rows().get(pk=pk)
        return projects.change_step(
            project_id=now.project_id, kind=now.kind, version=version, values=values, by=self.by
        )
