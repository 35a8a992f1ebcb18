"""Which decisions have to be looked at again, through the REST door."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from customers.models import Customer
from kcrm.lib.api.resources import ReadOnlyResource
from selection.lists.reviews import ReviewFilter
from selection.models import ClassChoice, QuadrantChoice
from selection.review_words import REVIEW_REASONS
from selection.selectors.reviews import reviews_due

POINTS: dict[str, int] = {"max_digits": 6, "decimal_places": 4}


class ReviewSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """A decided customer that calls for another look: why, and where it stood when it was decided and stands now."""

    id = serializers.IntegerField()
    customer_name = serializers.CharField(source="name")
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=[code.value for code in REVIEW_REASONS]), min_length=1
    )
    kind = serializers.ChoiceField(source="classification.kind", choices=ClassChoice.choices)
    decision = serializers.IntegerField(source="classification.line.decision_id")
    decided_on = serializers.DateField(source="classification.line.decision.effective_on")
    override_until = serializers.DateField(source="classification.line.override_until", allow_null=True)
    then_score = serializers.DecimalField(**POINTS, allow_null=True)
    attractiveness = serializers.DecimalField(source="now_score", **POINTS, allow_null=True)
    then_gap = serializers.DecimalField(**POINTS, allow_null=True)
    gap = serializers.DecimalField(source="now_gap", **POINTS, allow_null=True)
    then_quadrant = serializers.ChoiceField(choices=QuadrantChoice.choices, allow_null=True)
    quadrant = serializers.ChoiceField(source="now_quadrant", choices=QuadrantChoice.choices, allow_null=True)


class ReviewResource(ReadOnlyResource):
    """The decisions in force whose figures, exceptions or age call for another look, one row a customer."""

    model = Customer
    access_resource = "score"
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter
    orderings: ClassVar = {
        "id": "pk",
        "reasons": "reason_count",
        "attractiveness": "score_moved",
        "gap": "gap_moved",
    }

    def visible_rows(self) -> QuerySet[Customer]:
        """Due customers whose scores and decisions the caller may read."""
        return reviews_due(self.request.user, today=timezone.localdate())  # type: ignore[arg-type]  # signed in
