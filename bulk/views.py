"""Pages of one's bulk edits."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from bulk.forms import ChangeForm
from bulk.lists import EDITS
from bulk.models import BulkEdit
from bulk.selectors import EditPage
from bulk.services import edits
from kcrm.lib.errors import DomainError, StaleVersion
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView, Page

ACTS: Final = {"run": edits.start_run, "revert": edits.start_revert}


class EditListView(ListPageView):
    """One's own bulk edits."""

    spec = EDITS
    template_name = "list_page.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How long they can be taken back."""
        return {"answer": _("An edit can be taken back for thirty days, row by row unless somebody changed it since.")}


class EditDetailView(Page):
    """One bulk edit: choose the values, see what would happen, start it, see what came of it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page, or while a job works the part of it that changes."""
        return _drawn(request, _edit(request, pk))


class EditChangeView(Page):
    """Take over what is to become of the rows."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save, and show what would happen; or show the form again with what is wrong."""
        edit = _edit(request, pk)
        page = EditPage(edit, request.user)
        act = BulkEdit.Act.DELETE if "delete" in request.POST else BulkEdit.Act.CHANGE
        form = ChangeForm(request.POST, declared=page.declared, user=request.user)
        version = self.posted_version()
        if act == BulkEdit.Act.DELETE or form.is_valid():
            values = {} if act == BulkEdit.Act.DELETE else form.values()
            try:
                edits.set_change(edit_id=pk, version=version, act=act, values=values, by=request.user)
                return HttpResponseRedirect(reverse("bulk:edit-detail", args=[pk]))
            except StaleVersion as stale:
                edit = _edit(request, stale.current.pk)
                form.add_error(None, str(stale))
            except DomainError as error:
                form.add_error(None, str(error))
        return _drawn(request, edit, form=form, status=422)


class EditActView(ActView):
    """Start the edit or take it back, as a job."""

    act = ""

    def perform(self) -> None:
        """Start the job."""
        ACTS[self.act](edit_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To its progress."""
        return reverse("bulk:edit-detail", args=[self.kwargs["pk"]])


def _edit(request: HttpRequest, pk: int) -> BulkEdit:
    found: BulkEdit = BulkEdit.objects.visible_to(request.user).select_related("job").get(pk=pk)
    return found


def _drawn(request: HttpRequest, edit: BulkEdit, *, form: ChangeForm | None = None, status: int = 200) -> HttpResponse:
    page = EditPage(edit, request.user)
    context: dict[str, Any] = {
        "page": page,
        "edit": edit,
        "crumbs": [(page.declared.title, reverse(page.declared.list_url)), (EDITS.title, reverse("bulk:edit-list"))],
    }
    if page.can_choose:
        context["form"] = form or ChangeForm(declared=page.declared, user=request.user, initial=_initial(edit))
    template = "bulk/_edit_status.html" if is_fragment(request) else "bulk/edit_detail.html"
    answer = render(request, template, context, status=status)
    patch_vary_headers(answer, ("HX-Request",))
    return answer


def _initial(edit: BulkEdit) -> dict[str, Any]:
    return edit.values | {f"change_{name}": True for name in edit.values}
