"""What the company does with the customers of each of the nine cells, through the REST door. Tokens read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from kcrm.lib.api.resources import CreateRows, StrictSerializer, UpdateRows
from selection.models import CellText
from selection.models.relationships import BandChoice
from selection.services.relationships import write_cell_text


class CellTextSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """The company's own words for a cell; an empty text gives the method's word back."""

    class Meta:
        model = CellText
        fields = ("id", "attractiveness", "status", "text", "version")


class CellTextChangeSerializer(StrictSerializer):
    """What is done with these customers."""

    text = serializers.CharField(max_length=4000, allow_blank=True)


class CellTextCreateSerializer(CellTextChangeSerializer):
    """The first words about a cell."""

    attractiveness = serializers.ChoiceField(choices=BandChoice.choices)
    status = serializers.ChoiceField(choices=BandChoice.choices)


class CellTextResource(CreateRows, UpdateRows):
    """What do we do with the customers of each cell? Posting again for a cell changes its words."""

    model = CellText
    access_resource = "scoring_model"
    serializer_class = CellTextSerializer
    orderings: ClassVar = {"id": "pk"}

    @property
    def write_serializer_class(self) -> Any:
        """The cell is said once."""
        return CellTextCreateSerializer if self.action == "create" else CellTextChangeSerializer

    def visible_rows(self) -> QuerySet[CellText]:
        """All of them, for who reads scoring models."""
        rows: QuerySet[CellText] = CellText.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> CellText:
        """Call the service."""
        return write_cell_text(version=None, by=self.request.user, **values)

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> CellText:
        """Call the service."""
        now = self.visible_rows().get(pk=pk)
        return write_cell_text(
            attractiveness=now.attractiveness, status=now.status, version=version, by=self.request.user, **values
        )
