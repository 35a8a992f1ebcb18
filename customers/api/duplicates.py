"""/api/v1/duplicates/ and /api/v1/merges/, and the act of merging for the resources that can be merged."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.filters.duplicates import DuplicatePairFilter
from customers.models import DuplicatePair, Merge
from customers.selectors.aliases import winner_of
from customers.serializers import duplicates as shapes
from customers.services import duplicates
from customers.services.duplicate_scans import KIND
from customers.services.merging import records
from customers.services.merging.merging import merge_records
from customers.services.merging.undoing import undo_merge
from jobs.services.queue import enqueue
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.resources import ReadOnlyResource, act, if_match


class Gone(exceptions.APIException):
    """A record that was merged into another one: its number leads there."""

    status_code = status.HTTP_410_GONE
    default_code = "merged"


class DuplicateResource(ReadOnlyResource):
    """Pairs that may be one and the same, of which the caller sees both."""

    model = DuplicatePair
    access_resource = "account_profile"
    serializer_class = shapes.DuplicatePairSerializer
    filterset_class = DuplicatePairFilter
    orderings: ClassVar = {"id": "pk", "score": "score", "found_at": "found_at"}
    default_ordering = "-score"
    verbs: ClassVar = {"dismiss": Verb.MERGE, "scan": Verb.MERGE}

    def visible_rows(self) -> QuerySet[Any]:
        """The pairs. Raises NotAllowed for who merges nothing."""
        records.require_reviewer(self.request.user)
        rows: QuerySet[Any] = DuplicatePair.objects.visible_to(self.request.user).with_names()
        return rows

    @extend_schema(request=None, responses=shapes.DuplicatePairSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def dismiss(self, request: Request, pk: str) -> Response:
        """These two are not one; no later scan asks again."""
        duplicates.dismiss(pair_id=int(pk), by=request.user)
        pair = DuplicatePair.objects.with_names().get(pk=int(pk))
        return Response(shapes.DuplicatePairSerializer(pair).data)

    @act(verb=Verb.MERGE, versioned=False)
    def later(self, pk: int, version: None, values: dict[str, Any]) -> None:
        """Ask again about this pair in a while."""
        duplicates.put_off(pair_id=pk, by=self.request.user)

    @extend_schema(request=None, responses={202: {"type": "object", "properties": {"job": {"type": "integer"}}}})
    @action(detail=False, methods=["post"])
    @answer_once
    def scan(self, request: Request) -> Response:
        """Let a job look for duplicates now."""
        user: Any = request.user
        records.require_reviewer(user)
        job = enqueue(kind=KIND, key=KIND, by=user)
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class MergeResource(ReadOnlyResource):
    """Merges of records that the caller sees."""

    model = Merge
    access_resource = "account_profile"
    serializer_class = shapes.MergeSerializer
    orderings: ClassVar = {"id": "pk", "merged_at": "merged_at"}
    default_ordering = "-id"
    verbs: ClassVar = {"undo": Verb.MERGE}

    def visible_rows(self) -> QuerySet[Any]:
        """The merges. Raises NotAllowed for who merges nothing."""
        records.require_reviewer(self.request.user)
        rows: QuerySet[Any] = Merge.objects.visible_to(self.request.user)
        return rows

    @extend_schema(request=None, responses=shapes.MergeSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def undo(self, request: Request, pk: str) -> Response:
        """Take the merge back, within thirty days."""
        merge = undo_merge(merge_id=int(pk), by=request.user)
        return Response(shapes.MergeSerializer(merge).data)


class Mergeable:
    """What customers and people add to their resource: merging, and the pointer from an alias."""

    merge_kind: str = ""
    other_refusals = (status.HTTP_410_GONE,)

    @extend_schema(request=shapes.MergeRequestSerializer, responses=shapes.MergeSerializer)
    @action(detail=True, methods=["post"])
    @answer_once
    def merge(self: Any, request: Request, pk: str) -> Response:
        """Merge others into this one; needs If-Match with its version."""
        record = self.model.objects.visible_to(request.user).get(pk=int(pk))
        records.require_merge(self.merge_kind, record, request.user)
        sent = shapes.MergeRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        others = {row["id"]: row.get("version") for row in sent.validated_data["others"]}
        merge = merge_records(
            kind=self.merge_kind,
            winner_id=int(pk),
            loser_ids=list(others),
            versions={**others, int(pk): if_match(request)},
            choices=sent.validated_data.get("choices"),
            by=request.user,
        )
        return Response(shapes.MergeSerializer(merge).data)

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record; 410 with the number of the other for one that was merged."""
        try:
            answer: Response = super().retrieve(request, *args, **kwargs)
        except self.model.DoesNotExist:
            winner = winner_of(self.model, int(kwargs["pk"]), request.user)
            if winner is None:
                raise
            raise Gone(f"{self.merge_kind} {winner.pk}") from None
        return answer
