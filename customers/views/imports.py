"""Pages of imports: the list, a new one, its steps and its result."""

from __future__ import annotations

from typing import Any, Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from accounts.services import audit
from customers import permissions
from customers.forms.imports import UploadForm
from customers.lists.imports import IMPORTS
from customers.models import ImportBatch
from customers.selectors.imports import error_table, import_page, template_table
from customers.services.imports import batches
from customers.views.import_steps import batch_of, drawn, page_of
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.export import write_file
from kcrm.lib.imports import importables_for
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page

ACTS: Final = {"check": batches.start_check, "run": batches.start_run, "undo": batches.start_undo}


class ImportListView(ListPageView):
    """One's own imports, or for those who keep the system everybody's without their rows."""

    spec = IMPORTS
    template_name = "customers/import_list.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """The files that can be brought in, and templates for them."""
        user = self.request.user
        can_import = permissions.can_import(user)
        return {
            "answer": _("Every file can be checked before it goes in, and taken back afterwards."),
            "can_import": can_import,
            "templates": importables_for(user) if can_import else (),
        }


class ImportCreateView(FormPage):
    """Bring a file or pasted rows in."""

    form_class = UploadForm
    title = gettext_lazy("Bring rows in")
    intro = gettext_lazy("Nothing changes yet: first you see how the rows are understood and what would happen.")
    submit_label = gettext_lazy("Read the rows")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only for who may bring something in."""
        if request.user.is_authenticated and not (
            permissions.can_import(request.user) and importables_for(request.user)
        ):
            raise NotAllowed("import_batch", Verb.CREATE)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form offers what this person may bring in."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """What the link to this page asked for."""
        return {"importable": self.request.GET.get("what", "")}

    def perform(self, form: Any) -> ImportBatch:
        """Take the file in."""
        data, by = form.cleaned_data, self.request.user
        if file := data["file"]:
            return batches.upload_file(
                importable=data["importable"], file=file, name=file.name, source=data["source"], by=by
            )
        return batches.paste_text(importable=data["importable"], text=data["text"], source=data["source"], by=by)

    def get_done_url(self, result: ImportBatch) -> str:
        """On to its columns."""
        return page_of(result.pk)

    def get_cancel_url(self) -> str:
        """Back to the list."""
        return reverse("imports:import-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The way to this page."""
        return [(_("Imports"), reverse("imports:import-list"))]


class ImportDetailView(Page):
    """Where one import stands: its settings, its progress, its result."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page, or while a job works the part of it that changes."""
        batch = batch_of(request, pk)
        return drawn(request, import_page(batch, request.user), step=request.GET.get("step", ""))


class ImportActView(ActView):
    """Check, run or take back, as a job."""

    act = ""

    def perform(self) -> None:
        """Start the job."""
        ACTS[self.act](batch_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To its progress."""
        return page_of(self.kwargs["pk"])


class ImportErrorsView(Page):
    """The refused rows as a file."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file, in CSV or XLSX; the trail knows of it."""
        batch = batch_of(request, pk)
        if not permissions.can_see_import_rows(request.user, batch):
            raise NotAllowed("import_batch", Verb.READ)
        form = "xlsx" if request.GET.get("form") == "xlsx" else "csv"
        written = write_file(error_table(batch), form, today=timezone.localdate())
        changes = {"rows": [None, written.count], "sha256": [None, written.digest]}
        audit.record(action=AuditEntry.Action.EXPORT, by=request.user, subject=batch, changes=changes)
        return written.response()


class ImportTemplateView(Page):
    """A file to fill in, with the headings that are understood at once."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, key: str) -> FileResponse:
        """The file, in CSV or XLSX."""
        thing = next((known for known in importables_for(request.user) if known.key == key), None)
        if thing is None or not permissions.can_import(request.user):
            raise Http404
        form = "csv" if request.GET.get("form") == "csv" else "xlsx"
        return write_file(template_table(thing), form, today=timezone.localdate()).response()
