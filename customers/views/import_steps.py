"""The steps of an import between its arrival and its check: one question each, and a look at what the answer does."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from customers.forms.import_answers import ColumnsForm, RulesForm, ValuesForm
from customers.forms.imports import KeepForm, ReadingForm
from customers.models import ImportBatch
from customers.selectors.import_columns import readings_in_other_encodings
from customers.selectors.imports import STEPS, ImportPage, import_page, steps_of
from customers.services.imports import batches, mappings
from kcrm.lib.errors import DomainError
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView, Page

FORMS: Final = {"columns": ColumnsForm, "rules": RulesForm, "check": ValuesForm}


class ImportReadingView(ActView):
    """Read the file in another way."""

    def perform(self) -> None:
        """Take the form's values over."""
        batch = batch_of(self.request, self.kwargs["pk"])
        form = ReadingForm(self.request.POST, batch=batch)
        if not form.is_valid():
            raise DomainError(_("This way of reading is not known here."))
        if form.has_changed():
            batches.set_reading(
                batch_id=batch.pk, version=self.posted_version(), values=form.cleaned_data, by=self.request.user
            )

    def get_done_url(self, result: Any) -> str:
        """To the columns, or another look at the rows."""
        return page_of(self.kwargs["pk"], "columns" if "next" in self.request.POST else "reading")


class ImportAnswersView(Page):
    """Take the answers of one step over; then the next step, or the same with what is wrong."""

    http_method_names = ["post", "options"]
    step = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save and go on; `look` only shows how the rows read."""
        batch = batch_of(request, pk)
        page = import_page(batch, request.user)
        if page.thing is None or not page.sees_rows:
            raise Http404
        form = _form(self.step, page, request.user, request.POST)
        if "look" in request.POST:
            return drawn(request, page, step=self.step, form=form)
        version = self.posted_version()
        if form.is_valid():
            try:
                return HttpResponseRedirect(self._saved(batch, form, version, request.user))
            except DomainError as error:
                form.add_error(None, str(error))
        return drawn(request, page, step=self.step, form=form, status=422)

    def _saved(self, batch: ImportBatch, form: Any, version: int | None, by: Any) -> str:
        """Save the answers and, behind the last question, let the rows be checked; the address of what comes next."""
        kept = {name: getattr(batch, name) for name in ("mapping", "formats", "policy", "keys")}
        saved = batches.set_mapping(batch_id=batch.pk, version=version, by=by, **kept | form.values())
        if self.step == "columns":
            return page_of(batch.pk, "rules")
        batches.start_check(batch_id=batch.pk, version=saved.version, by=by)
        return page_of(batch.pk)


class ImportKeepView(ActView):
    """Keep the answers under a name."""

    def perform(self) -> None:
        """Keep them."""
        form = KeepForm(self.request.POST)
        if not form.is_valid():
            raise DomainError(_("Give the mapping a name."))
        batches.keep_mapping(batch_id=self.kwargs["pk"], name=form.cleaned_data["name"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the import."""
        return page_of(self.kwargs["pk"])


class ImportUseView(ActView):
    """Answer as in a mapping kept under a name."""

    def perform(self) -> None:
        """Take it over."""
        chosen = self.request.POST.get("mapping", "")
        if not chosen.isdecimal():
            raise DomainError(_("Choose a mapping."))
        batches.use_mapping(
            batch_id=self.kwargs["pk"], version=self.posted_version(), mapping_id=int(chosen), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the columns as they are now."""
        return page_of(self.kwargs["pk"], "columns")


def batch_of(request: HttpRequest, pk: int) -> ImportBatch:
    """The import, if this person sees it. Raises DoesNotExist."""
    return ImportBatch.objects.visible_to(request.user).select_related("job", "created_by").get(pk=pk)


def page_of(pk: int, step: str = "") -> str:
    """The address of an import, or of one of its steps."""
    address = reverse("imports:import-detail", args=[pk])
    return f"{address}?step={step}" if step else address


def _form(step: str, page: ImportPage, user: Any, data: Any = None) -> Any:
    given = {"batch": page.batch, "thing": page.thing} | ({} if step == "rules" else {"user": user})
    return FORMS[step](data, **given)


def drawn(
    request: HttpRequest, page: ImportPage, *, step: str = "", form: Any = None, status: int = 200
) -> HttpResponse:
    """The page of an import at one of its steps, or the part of it that changes."""
    batch = page.batch
    context: dict[str, Any] = {"page": page, "batch": batch}
    if page.preview is not None and page.thing is not None:
        step = step if step in STEPS else page.step
        if step == "check" and batch.checked is None:
            step = "rules"
        context |= {"step": step, "steps": steps_of(batch, step)}
        if step == "reading":
            context |= {"reading": ReadingForm(batch=batch), "encodings": readings_in_other_encodings(batch)}
        else:
            form = form or _form(step, page, request.user)
            context["form"] = form
            if step == "columns":
                context |= {"columns": form.rows(page.preview), "mappings": mappings.named_for(batch)}
            if step == "check":
                context["keeping"] = KeepForm()
    template = "customers/_import_status.html" if is_fragment(request) else "customers/import_detail.html"
    answer = render(request, template, context, status=status)
    patch_vary_headers(answer, ("HX-Request",))
    return answer
