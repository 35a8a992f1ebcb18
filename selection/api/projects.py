"""Selection projects, their steps and gates through the REST door: what two persons open on pages, they open here."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import CreateRows, StrictSerializer, UpdateRows
from kcrm.lib.filters import StrictFilterSet
from selection.api.project_acts import ProjectActs
from selection.models import SelectionProject, SignOff, StepChoice
from selection.selectors.project_facts import FIT_QUESTIONS
from selection.selectors.projects import StepView, project_page
from selection.services import project_gates, projects


class ProjectSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A selection project; its steps with their gates are at `steps/`."""

    leader = serializers.IntegerField(source="leader_id")
    sponsor = serializers.IntegerField(source="sponsor_id", allow_null=True)
    former = serializers.IntegerField(source="former_id", allow_null=True)
    decision = serializers.IntegerField(source="decision_id", allow_null=True)
    market_map = serializers.IntegerField(source="market_map_id", allow_null=True)

    class Meta:
        model = SelectionProject
        fields = (
            "id", "name", "purpose", "rights", "state", "leader", "sponsor", "starts_on", "ends_on", "meetings",
            "recheck_on", "fit", "former", "decision", "market_map", "version", "created_at", "updated_at",
        )  # fmt: skip


class ProjectWriteSerializer(StrictSerializer):
    """What begins a project; `former` names the one that it re-checks."""

    name = serializers.CharField(max_length=120)
    starts_on = serializers.DateField()
    purpose = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    sponsor = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    former = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class ProjectChangeSerializer(StrictSerializer):
    """Terms of reference, timetable, and the six answers of 0-100 whether the programme fits."""

    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False)
    sponsor = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False, allow_null=True)
    fit = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100), required=False)
    name = serializers.CharField(max_length=120, required=False)
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    rights = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    meetings = serializers.IntegerField(required=False, min_value=0, max_value=50)
    recheck_on = serializers.DateField(required=False, allow_null=True)

    def validate_fit(self, given: dict[str, int]) -> dict[str, int]:
        """Only the six questions are answered."""
        if unknown := set(given) - set(FIT_QUESTIONS):
            raise serializers.ValidationError(
                _("Unknown question “%(name)s”. There are: %(known)s.")
                % {"name": min(unknown)[:100], "known": ", ".join(FIT_QUESTIONS)}
            )
        return given


class GateSerializer(StrictSerializer):
    """Which gate; `words` is the reason of a waiver, of a refusal or of opening again, else a remark."""

    step = serializers.ChoiceField(choices=StepChoice.choices)
    words = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class ConditionSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """One thing that must be true before a gate opens."""

    code = serializers.CharField()
    met = serializers.BooleanField()
    waived = serializers.BooleanField()
    sentence = serializers.CharField()
    detail = serializers.CharField()


class StepSerializer(serializers.Serializer):  # type: ignore[type-arg]  # as above
    """A step with its gate: `state` is signed, waived, asked, ready, open or waiting."""

    number = serializers.IntegerField()
    step = serializers.CharField()
    state = serializers.CharField()
    responsible = serializers.IntegerField()
    due_on = serializers.DateField()
    finding = serializers.CharField()
    asked_by = serializers.IntegerField(allow_null=True)
    decided_by = serializers.IntegerField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    slipped = serializers.ListField(child=serializers.CharField())
    conditions = ConditionSerializer(many=True)


class ProjectFilter(StrictFilterSet):
    """Projects by state."""

    state = django_filters.ChoiceFilter(choices=SelectionProject.State.choices)

    class Meta:
        model = SelectionProject
        fields: ClassVar[list[str]] = []


class ProjectResource(CreateRows, UpdateRows, ProjectActs):
    """Which selections run, how far are they, and what keeps their gates shut?"""

    model = SelectionProject
    access_resource = "selection_project"
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    orderings: ClassVar = {"id": "pk", "starts_on": "starts_on"}
    verbs: ClassVar = {
        "steps": Verb.READ,
        "ask": Verb.UPDATE,
        "sign_off": Verb.APPROVE,
        "waive": Verb.APPROVE,
        "refuse": Verb.APPROVE,
        "reopen": Verb.UPDATE,
    }

    @property
    def write_serializer_class(self) -> Any:
        """A project is begun with less than can be changed later."""
        return ProjectWriteSerializer if self.action == "create" else ProjectChangeSerializer

    def visible_rows(self) -> QuerySet[SelectionProject]:
        """Projects that the caller reads by role or works in."""
        rows: QuerySet[SelectionProject] = SelectionProject.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> SelectionProject:
        """Call the service."""
        return projects.start_project(
            sponsor_id=values.pop("sponsor"),
            former_id=values.pop("former"),
            by=self.request.user,  # type: ignore[arg-type]  # signed in
            **values,
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> SelectionProject:
        """Call the service."""
        return projects.change_project(project_id=pk, version=version, values=values, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @extend_schema(responses={200: StepSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def steps(self, request: Request, pk: str) -> Response:
        """The ten steps with their gates and conditions, the sentences in the caller's language."""
        related = self.visible_rows().select_related("decision__snapshot", "sponsor", "leader")
        page = project_page(related.get(pk=int(pk)))
        return Response([_plain(step) for step in page.steps])

    @extend_schema(request=GateSerializer, responses={200: StepSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def ask(self, request: Request, pk: str) -> Response:
        """Ask that a gate be signed off; with open conditions `words` says why to go on."""
        step, words = _given(request)
        word = project_gates.ask(project_id=int(pk), kind=step, reason=words, by=request.user)  # type: ignore[arg-type]  # signed in
        return _answer(word)

    @extend_schema(request=GateSerializer, responses={200: StepSerializer})
    @action(detail=True, methods=["post"], url_path="sign-off")
    @answer_once
    def sign_off(self, request: Request, pk: str) -> Response:
        """Sign a gate that somebody else asked for, with every condition met."""
        step, words = _given(request)
        return _answer(project_gates.sign_off(project_id=int(pk), kind=step, remark=words, by=request.user))  # type: ignore[arg-type]  # signed in

    @extend_schema(request=GateSerializer, responses={200: StepSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def waive(self, request: Request, pk: str) -> Response:
        """Let a gate pass with open conditions, for the reason that somebody else gave."""
        step, words = _given(request)
        return _answer(project_gates.waive(project_id=int(pk), kind=step, remark=words, by=request.user))  # type: ignore[arg-type]  # signed in

    @extend_schema(request=GateSerializer, responses={200: StepSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def refuse(self, request: Request, pk: str) -> Response:
        """Send a gate back; `words` says why."""
        step, words = _given(request)
        return _answer(project_gates.refuse(project_id=int(pk), kind=step, remark=words, by=request.user))  # type: ignore[arg-type]  # signed in

    @extend_schema(request=GateSerializer, responses={200: StepSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def reopen(self, request: Request, pk: str) -> Response:
        """Open a step again, and every gate after it; `words` says why."""
        step, words = _given(request)
        ended = project_gates.reopen(project_id=int(pk), kind=step, reason=words, by=request.user)  # type: ignore[arg-type]  # signed in
        return _answer(next(word for word in ended if word.step.kind == step))


def _given(request: Request) -> tuple[str, str]:
    given = GateSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data["step"], given.validated_data["words"]


def _answer(word: SignOff) -> Response:
    """The step whose gate was spoken about, as it stands now."""
    related = SelectionProject.objects.select_related("decision__snapshot", "sponsor", "leader")
    return Response(_plain(project_page(related.get(pk=word.step.project_id)).step(word.step.kind)))


def _plain(step: StepView) -> dict[str, Any]:
    word = step.word
    return {
        "number": step.number,
        "step": step.key,
        "state": step.gate.state.value,
        "responsible": step.row.responsible_id,
        "due_on": step.row.due_on,
        "finding": step.row.finding,
        "asked_by": word.asked_by_id if word else None,
        "decided_by": word.decided_by_id if word else None,
        "decided_at": word.decided_at if word else None,
        "reason": word.reason if word else "",
        "slipped": list(step.gate.slipped),
        "conditions": [
            {
                "code": one.code, "met": one.met, "waived": one.waived, "sentence": one.sentence, "detail": one.detail,
            }
            for one in step.conditions
        ],
    }  # fmt: skip
