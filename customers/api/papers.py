"""/api/v1/documents/ and /api/v1/agreements/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from customers import permissions
from customers.api.exporting import ExportPartRows
from customers.custom_fields import AGREEMENT
from customers.downloads import file_answer
from customers.filters.papers import AgreementFilter, DocumentFilter
from customers.models import Agreement, Document
from customers.serializers.papers import (
    AgreementChangeSerializer,
    AgreementCreateSerializer,
    AgreementSerializer,
    DocumentSerializer,
    DocumentTitleSerializer,
    DocumentUploadSerializer,
    stored_names,
)
from customers.services import agreements, documents
from fields.api import CustomFieldsResource
from kcrm.lib.access import Verb
from kcrm.lib.api.idempotency import answer_once
from kcrm.lib.api.rendering import OrjsonParser
from kcrm.lib.api.resources import CreateRows, Resource, UpdateRows, if_match


class DocumentResource(Resource):
    """Files about customers: what is known about them as JSON, the file itself at `file/`."""

    model = Document
    access_resource = "document"
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    orderings: ClassVar = {"id": "pk", "created_at": "created_at", "title": "title", "size": "size"}
    default_ordering = "-created_at"
    verbs: ClassVar = {"restore": Verb.UPDATE, "file": Verb.READ}
    parser_classes: ClassVar = [OrjsonParser, MultiPartParser]

    @property
    def write_serializer_class(self) -> Any:
        """A file comes once; later only its title changes."""
        return DocumentUploadSerializer if self.action == "create" else DocumentTitleSerializer

    def visible_rows(self) -> QuerySet[Document]:
        """Files that the caller may see."""
        rows: QuerySet[Document] = Document.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Document:
        """Keep it."""
        return documents.upload_document(
            customer_id=values["customer"],
            title=values.get("title", ""),
            upload=values["file"],
            by=self.request.user,
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Document:
        """Rename it."""
        return documents.rename_document(document_id=pk, version=version, title=values["title"], by=self.request.user)

    def delete_with(self, pk: int, version: int) -> None:
        """Into the bin."""
        documents.delete_document(document_id=pk, version=version, by=self.request.user, now=timezone.now())

    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The file itself, always as a download."""
        return file_answer(Document.objects.visible_to(request.user).get(pk=pk))

    @action(detail=True, methods=["post"])
    @answer_once
    def restore(self, request: Request, pk: str) -> Response:
        """Take it out of the bin; needs If-Match."""
        documents.restore_document(document_id=int(pk), version=if_match(request), by=request.user)
        return self.answer_with(int(pk))


class AgreementResource(CustomFieldsResource, ExportPartRows, CreateRows, UpdateRows):
    """Contracts and price agreements; what they are worth is absent for tokens and service agents."""

    record_type = AGREEMENT.key
    model = Agreement
    access_resource = "agreement"
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilter
    field_classes: ClassVar = {"annual_value": "F1", "currency": "F1"}
    orderings: ClassVar = {"id": "pk", "ends_on": "ends_on", "starts_on": "starts_on", "title": "title"}
    default_ordering = "ends_on"

    @property
    def write_serializer_class(self) -> Any:
        """The customer is said once."""
        return AgreementCreateSerializer if self.action == "create" else AgreementChangeSerializer

    def visible_rows(self) -> QuerySet[Agreement]:
        """Agreements that the caller may see."""
        rows: QuerySet[Agreement] = Agreement.objects.visible_to(self.request.user).with_notice_day()
        return rows

    def allowed_classes(self) -> frozenset[str]:
        """The commercial part for who reads it."""
        return permissions.agreement_classes(self.request.user)

    def create_with(self, values: dict[str, Any]) -> Agreement:
        """Note it."""
        return agreements.create_agreement(
            customer_id=values["customer"], values={"custom": {}} | stored_names(values), by=self.request.user
        )

    def update_with(self, pk: int, version: int, values: dict[str, Any]) -> Agreement:
        """Change it."""
        return agreements.update_agreement(
            agreement_id=pk, version=version, values=stored_names(values), by=self.request.user
        )
