"""Pages of imports: the list, a new one, its steps and its result."""

from __future__ import annotations

from typing import Any, Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from accounts.services import audit
from customers import permissions
from customers.forms.imports import MappingForm, ReadingForm, UploadForm
from customers.lists.imports import IMPORTS
from customers.models import ImportBatch
from customers.selectors.imports import ImportPage, error_table, import_page, template_table
from customers.services.imports import batches
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.export import write_file
from kcrm.lib.imports import importables_for
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.tables.views import is_fragment
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
        return _page_of(result.pk)

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
        page = import_page(_batch(request, pk), request.user)
        return _drawn(request, page)


class ImportReadingView(ActView):
    """Read the file in another way."""

    def perform(self) -> None:
        """Take the form's values over."""
        batch = _batch(self.request, self.kwargs["pk"])
        form = ReadingForm(self.request.POST, batch=batch)
        if not form.is_valid():
            raise DomainError(_("This way of reading is not known here."))
        batches.set_reading(
            batch_id=batch.pk, version=self.posted_version(), values=form.cleaned_data, by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """Back to the columns."""
        return _page_of(self.kwargs["pk"])


class ImportMappingView(Page):
    """Choose columns, formats, replacements and rules; then, as the button says, check the rows."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save, check if asked for, and go on; or show the form again with what is wrong."""
        batch = _batch(request, pk)
        page = import_page(batch, request.user)
        if page.thing is None or not page.sees_rows:
            raise Http404
        form = MappingForm(request.POST, batch=batch, thing=page.thing, user=request.user)
        version = self.posted_version()
        if form.is_valid():
            try:
                saved = batches.set_mapping(batch_id=pk, version=version, by=request.user, **form.values())
                if "check" in request.POST:
                    batches.start_check(batch_id=pk, version=saved.version, by=request.user)
                return HttpResponseRedirect(_page_of(pk))
            except DomainError as error:
                form.add_error(None, str(error))
        return _drawn(request, page, mapping=form, status=422)


class ImportActView(ActView):
    """Check, run or take back, as a job."""

    act = ""

    def perform(self) -> None:
        """Start the job."""
        ACTS[self.act](batch_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To its progress."""
        return _page_of(self.kwargs["pk"])


class ImportErrorsView(Page):
    """The refused rows as a file."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file, in CSV or XLSX; the trail knows of it."""
        batch = _batch(request, pk)
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


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    return ImportBatch.objects.visible_to(request.user).select_related("job", "created_by").get(pk=pk)


def _page_of(pk: int) -> str:
    return reverse("imports:import-detail", args=[pk])


def _drawn(request: HttpRequest, page: ImportPage, *, mapping: Any = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "batch": page.batch}
    if page.preview is not None and page.thing is not None:
        context["reading"] = ReadingForm(batch=page.batch)
        context["mapping"] = mapping or MappingForm(batch=page.batch, thing=page.thing, user=request.user)
    template = "customers/_import_status.html" if is_fragment(request) else "customers/import_detail.html"
    answer = render(request, template, context, status=status)
    patch_vary_headers(answer, ("HX-Request",))
    return answer
