"""/api/v1/imports/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import permissions
from customers.api.import_steps import ImportSteps
from customers.filters.imports import ImportBatchFilter
from customers.models import ImportBatch
from customers.serializers.imports import AnswerSerializer, ImportRowSerializer, ImportSerializer, RowsSerializer
from customers.services.imports import batches, calls
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import if_match
from kcrm.lib.errors import NotAllowed


class ImportResource(ImportSteps):
    """Imports: rows go in with one call and an answer for each, or files step by step; all can be taken back."""

    model = ImportBatch
    access_resource = "import_batch"
    serializer_class = ImportSerializer
    filterset_class = ImportBatchFilter
    orderings: ClassVar = {"id": "pk", "created_at": "created_at"}
    default_ordering = "-id"
    verbs: ClassVar = {"create": Verb.CREATE, "upload": Verb.CREATE, "undo": Verb.CREATE, "rows": Verb.READ}

    def visible_rows(self) -> QuerySet[ImportBatch]:
        """One's own imports; those who keep the system see that the others were."""
        return ImportBatch.objects.visible_to(self.request.user)

    @extend_schema(request=RowsSerializer, responses={201: AnswerSerializer, 200: AnswerSerializer})
    @answer_once
    def create(self, request: Request) -> Response:
        """Bring up to 1,000 rows in; each is taken or refused for itself. A dry run only answers."""
        user: Any = request.user
        serializer = RowsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        answer = calls.bring_in(**serializer.validated_data, by=user)
        made = status.HTTP_200_OK if answer["id"] is None else status.HTTP_201_CREATED
        return Response(AnswerSerializer(answer).data, status=made)

    @extend_schema(responses=ImportRowSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def rows(self, request: Request, pk: str) -> Response:
        """What became of the rows that were refused or kept, the first thousand."""
        batch = self.visible_rows().get(pk=int(pk))
        if not permissions.can_see_import_rows(request.user, batch):
            raise NotAllowed("import_batch", Verb.READ)
        return Response(ImportRowSerializer(calls.telling_rows(batch), many=True).data)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    @answer_once
    def undo(self, request: Request, pk: str) -> Response:
        """Let a job take the import back, except what was changed since; needs If-Match."""
        user: Any = request.user
        self.visible_rows().get(pk=int(pk))
        batches.start_undo(batch_id=int(pk), version=if_match(request), by=user)
        return self.answer_with(int(pk), status.HTTP_202_ACCEPTED)
