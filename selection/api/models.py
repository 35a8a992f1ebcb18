"""Scoring models and their factors through the REST door. Tokens read; what decides who is key is kept in person."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from kcrm.lib.access import Verb
from kcrm.lib.api.resources import CreateRows, ReadOnlyResource, StrictSerializer, act
from kcrm.lib.filters import StrictFilterSet
from selection.forms.models import TIMES, judgements_of, pairs_of
from selection.models import ModelFactor, ScoringModel
from selection.services import editions
from selection.services import models as services

MOST_FACTORS: Final = 10
HOW_MUCH_MORE: Final = tuple(text for text, _number in TIMES) + tuple(f"1/{number}" for number in range(2, 10))


class FactorSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A factor of a model."""

    model = serializers.IntegerField(source="model_id")

    class Meta:
        model = ModelFactor
        fields = (
            "id", "model", "key", "name", "kind", "metric", "scale", "anchors", "weight", "minimum", "horizon",
            "position",
        )  # fmt: skip


class FactorFilter(StrictFilterSet):
    """Factors of one model."""

    model = django_filters.NumberFilter(field_name="model_id")

    class Meta:
        model = ModelFactor
        fields: ClassVar[list[str]] = []


class FactorResource(ReadOnlyResource):
    """What counts in each model, and how much? Factors change together, at their model."""

    model = ModelFactor
    access_resource = "scoring_model"
    orderings: ClassVar = {"id": "pk", "position": "position"}

    serializer_class = FactorSerializer
    filterset_class = FactorFilter

    def visible_rows(self) -> QuerySet[ModelFactor]:
        """Factors of the models that the caller may read."""
        return ModelFactor.objects.filter(model__in=ScoringModel.objects.visible_to(self.request.user))


class ScoringModelSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # as above
    """An edition of a factor set; without a segment it is the one for the rest."""

    segment = serializers.IntegerField(source="segment_id")
    asked_by = serializers.IntegerField(source="asked_by_id", allow_null=True)
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)

    class Meta:
        model = ScoringModel
        fields = (
            "id", "name", "purpose", "segment", "edition", "state", "asked_by", "asked_at", "decided_by", "decided_at",
            "remark", "version", "created_at", "updated_at",
        )  # fmt: skip


class FactorWriteSerializer(StrictSerializer):
    """A factor: judged against `anchors` of 1, 4, 7 and 10, or measured by `metric` on a `scale`.

    A scale is `{"kind": "place", "more_is_better": true}`, `{"kind": "curve", "points": [[figure, score], ...]}` or
    `{"kind": "bands", "below": score, "steps": [[from, score], ...]}`.
    """

    key = serializers.SlugField(max_length=40)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")
    kind = serializers.ChoiceField(choices=ModelFactor.Kind.choices)
    metric = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    scale = serializers.DictField(required=False, default=dict)
    anchors = serializers.DictField(child=serializers.CharField(max_length=200), required=False, default=dict)
    weight = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    minimum = serializers.DecimalField(
        max_digits=4, decimal_places=2, min_value=1, max_value=10, required=False, allow_null=True, default=None
    )
    horizon = serializers.ChoiceField(choices=ModelFactor.Horizon.choices, default=ModelFactor.Horizon.PRESENT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """People judge without a figure."""
        if attrs["kind"] == ModelFactor.Kind.JUDGED and attrs["metric"]:
            raise serializers.ValidationError({"metric": _("A judged factor has no figure.")})
        return attrs


class FactorsSerializer(StrictSerializer):
    """All factors of an edition, in their order; the weights total 100."""

    factors = FactorWriteSerializer(many=True, min_length=1, max_length=MOST_FACTORS)  # type: ignore[call-arg]  # of the list it becomes


class ScoringModelCreateSerializer(FactorsSerializer):
    """A draft; of a name that exists already it is the next edition."""

    name = serializers.CharField(max_length=120)
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")
    segment = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class PairSerializer(StrictSerializer):
    """Of two factors, how many times as much the first counts: 3, or 1/3 where the second counts more."""

    first = serializers.SlugField(max_length=40)
    second = serializers.SlugField(max_length=40)
    times = serializers.ChoiceField(choices=HOW_MUCH_MORE)


class PairsSerializer(StrictSerializer):
    """Every pair of the draft's factors, compared."""

    comparisons = PairSerializer(many=True, max_length=MOST_FACTORS * MOST_FACTORS)  # type: ignore[call-arg]  # as above


class EditionRemarkSerializer(StrictSerializer):
    """A word with the approval."""

    remark = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class ReasonSerializer(StrictSerializer):
    """Why it is sent back."""

    remark = serializers.CharField(max_length=500)


class ScoringModelResource(CreateRows):
    """Which rules decide who is key?"""

    model = ScoringModel
    access_resource = "scoring_model"
    serializer_class = ScoringModelSerializer
    write_serializer_class = ScoringModelCreateSerializer
    orderings: ClassVar = {"id": "pk", "name": "name"}

    def visible_rows(self) -> QuerySet[ScoringModel]:
        """Editions that the caller may read."""
        rows: QuerySet[ScoringModel] = ScoringModel.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> ScoringModel:
        """Call the service."""
        return services.create_model(segment_id=values.pop("segment"), by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act(FactorsSerializer)
    def factors(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Replace the factors of a draft; needs If-Match."""
        services.change_factors(model_id=pk, version=version, factors=values["factors"], by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(path="next-edition", versioned=False, status=201)
    def next_edition(self, pk: int, version: None, values: dict[str, Any]) -> Response:
        """Begin the next edition as a copy of this one; the answer is the draft."""
        made = services.next_edition(model_id=pk, by=self.request.user)  # type: ignore[arg-type]  # signed in
        return self.answer_with(made.pk, 201)

    @act(PairsSerializer)
    def weights(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Weigh a draft's factors by comparing them in pairs; needs If-Match."""
        keys = list(self.visible_rows().get(pk=pk).factors.values_list("key", flat=True))
        chosen = dict(_in_order(one, keys) for one in values["comparisons"])
        services.weigh_by_pairs(
            model_id=pk,
            version=version,
            judgements=judgements_of(chosen, keys),
            comparisons=[[*pair.split("--"), times] for pair, times in chosen.items()],
            by=self.request.user,  # type: ignore[arg-type]  # signed in
        )

    @act()
    def ask(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Ask that a draft score its customers from now on; a second person decides. Needs If-Match."""
        editions.ask_for_force(model_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(path="take-back")
    def take_back(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Make what was asked for a draft again; needs If-Match."""
        editions.take_back(model_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in

    @act(EditionRemarkSerializer, verb=Verb.APPROVE)
    def approve(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Put into force what somebody else wrote and asked for; needs If-Match."""
        editions.approve_edition(model_id=pk, version=version, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act(ReasonSerializer, verb=Verb.APPROVE, path="send-back")
    def send_back(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Make what somebody else asked for a draft again, with a word why; needs If-Match."""
        editions.send_back(model_id=pk, version=version, by=self.request.user, **values)  # type: ignore[arg-type]  # signed in

    @act()
    def retire(self, pk: int, version: int, values: dict[str, Any]) -> None:
        """Let a segment do without a model of its own again; needs If-Match."""
        services.take_out_of_force(model_id=pk, version=version, by=self.request.user)  # type: ignore[arg-type]  # signed in


def _in_order(one: dict[str, str], keys: list[str]) -> tuple[str, str]:
    """The pair as pages name it, turned round where it came the other way. Raises ValidationError."""
    first, second, times = one["first"], one["second"], one["times"]
    if (first, second) in pairs_of(keys):
        return f"{first}--{second}", times
    if (second, first) in pairs_of(keys):
        turned = times.removeprefix("1/") if "/" in times or times == "1" else f"1/{times}"
        return f"{second}--{first}", turned
    raise serializers.ValidationError({"comparisons": _("Name two factors of this model.")})
