"""Pages of files, and the files themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from customers import permissions
from customers.downloads import file_answer
from customers.forms.papers import DocumentForm, DocumentTitleForm
from customers.lists.papers import DOCUMENTS, DOCUMENTS_TITLE
from customers.models import Document
from customers.services import documents
from customers.views.panels import CustomerMixin, CustomerPanel, customer_crumbs
from kcrm.lib.access import Verb, allows_anywhere
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPageView
from kcrm.lib.web import ActView, FormPage, Page
from teams.permissions import reach_of


class DocumentListView(ListPageView):
    """The files about the customers one sees."""

    spec = DOCUMENTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not allows_anywhere("document", Verb.READ, reach_of(request.user).actors()):
            raise NotAllowed("document", Verb.READ)
        return super().get(request, *args, **kwargs)


class CustomerDocumentsView(CustomerPanel):
    """The files about one customer."""

    resource = "document"
    heading = DOCUMENTS_TITLE
    template_name = "customers/_document_panel.html"

    def get_context(self) -> dict[str, Any]:
        """Newest first."""
        rows = Document.objects.visible_to(self.request.user).filter(customer=self.customer)
        return {
            "documents": rows.select_related("uploaded_by").order_by("-created_at", "-pk")[:50],
            "can_create": self.may("document", Verb.CREATE),
            "binned": self.binned(Document, "title"),
            "restore_name": "customers:document-restore",
        }


class DocumentDetailView(Page):
    """What is known about a file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        seen = Document.objects.visible_to(request.user).select_related("customer__org_unit", "uploaded_by")
        document = seen.get(pk=pk)
        return render(
            request,
            "customers/document_detail.html",
            {
                "document": document,
                "agreements": document.agreements.visible_to(request.user),
                "crumbs": [*customer_crumbs(document.customer), (DOCUMENTS_TITLE, _panel_url(document.customer_id))],
                "can_update": permissions.may(request.user, "document", Verb.UPDATE, document.customer),
                "can_delete": permissions.may(request.user, "document", Verb.DELETE, document.customer),
            },
        )


class DocumentFileView(Page):
    """The file itself, for who sees it now."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Always a download."""
        return file_answer(Document.objects.visible_to(request.user).get(pk=pk))


class DocumentCreateView(CustomerMixin, FormPage):
    """Upload a file."""

    form_class = DocumentForm
    title = gettext_lazy("Upload a file")
    submit_label = gettext_lazy("Upload")
    done_message = gettext_lazy("Uploaded.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may("document", Verb.CREATE):
            raise NotAllowed("document", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> Document:
        """Keep it."""
        return documents.upload_document(
            customer_id=self.kwargs["customer_id"],
            title=form.cleaned_data["title"],
            upload=form.cleaned_data["file"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the customer's files."""
        return _panel_url(self.kwargs["customer_id"])

    def get_cancel_url(self) -> str:
        """To the customer's files."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return customer_crumbs(self.customer)


class DocumentUpdateView(FormPage):
    """Another title."""

    form_class = DocumentTitleForm
    title = gettext_lazy("Rename the file")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def document(self) -> Document:
        """The file's record."""
        seen = Document.objects.visible_to(self.request.user).select_related("customer__org_unit")
        found: Document = seen.get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.may(request.user, "document", Verb.UPDATE, self.document.customer):
            raise NotAllowed("document", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"title": self.document.title}

    def get_version(self) -> int:
        """The stored version."""
        return self.document.version

    def perform(self, form: Any) -> Document:
        """Rename it."""
        return documents.rename_document(
            document_id=self.kwargs["pk"],
            version=self.posted_version(),
            title=form.cleaned_data["title"],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the file's page."""
        return reverse("customers:document-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """To the file's page."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, the file."""
        return [*customer_crumbs(self.document.customer), (self.document.title, self.get_done_url(None))]


class DocumentDeleteView(ActView):
    """Put it into the bin."""

    done_message = gettext_lazy("In the bin.")

    def perform(self) -> Document:
        """Delete."""
        return documents.delete_document(
            document_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user, now=timezone.now()
        )

    def get_done_url(self, result: Any) -> str:
        """To the customer's files, or back where it did not work."""
        if result is None:
            return reverse("customers:document-detail", args=[self.kwargs["pk"]])
        return _panel_url(result.customer_id)


class DocumentRestoreView(ActView):
    """Take it out of the bin."""

    done_message = gettext_lazy("Restored.")

    def perform(self) -> Document:
        """Restore."""
        return documents.restore_document(
            document_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the file's page."""
        return reverse("customers:document-detail", args=[self.kwargs["pk"]])


def _panel_url(customer_id: int) -> str:
    return reverse("customers:customer-documents", args=[customer_id])
