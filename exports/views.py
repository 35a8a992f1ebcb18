"""Pages of large exports: ask, decide, fetch."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exports import permissions
from exports.forms import AskForm, RefuseForm
from exports.gate import counted, needs_approval
from exports.lists import EXPORTS
from exports.models import ExportRequest
from exports.services import requests
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.redirects import is_local
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.tables.views import exportable_rows, filters_in_words
from kcrm.lib.web import ActView, FormPage, Page


class RequestListView(ListPageView):
    """One's own large exports, and those one decides about."""

    spec = EXPORTS

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many wait for the reader's decision."""
        user = self.request.user
        people = permissions.people_to_decide_for(user)
        waiting = 0 if people is None else ExportRequest.objects.waiting().filter(requested_by__in=people).count()
        answer = ngettext(
            "%(count)s export waits for your decision.", "%(count)s exports wait for your decision.", waiting
        )
        return {"answer": answer % {"count": waiting} if waiting else _("Nothing waits for your decision.")}


class RequestCreateView(FormPage):
    """Ask for a list as a file, or have a large workbook written."""

    form_class = AskForm
    title = gettext_lazy("Export as a job")

    @property
    def address(self) -> str:
        """The list that is meant. Raises Http404 for what is no address of ours."""
        wanted = self.request.GET.get("list", "")
        if not is_local(wanted):
            raise Http404
        return wanted

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what will leave, and who decides."""
        user = self.request.user
        query = requests.export_of(self.address, by=user)
        count = counted(exportable_rows(query, by=user))
        values = {"list": query.spec.title, "rows": formats.number(count), "filters": filters_in_words(query)}
        if needs_approval(count, user):
            self.submit_label = _("Ask for approval")
            self.intro = _(
                "“%(list)s” (filters: %(filters)s) has %(rows)s rows. Above %(limit)s a director decides."
            ) % {**values, "limit": formats.number(settings.KCRM_EXPORT_APPROVAL_ROWS)}
        else:
            self.submit_label = _("Write the file")
            self.intro = _(
                "“%(list)s” (filters: %(filters)s) is large for a workbook. It is written as a job; you are told when"
                " it is there, and can fetch it for %(hours)s hours."
            ) % {**values, "hours": settings.KCRM_JOB_FILE_HOURS}
        return super().get_context_data(**kwargs)

    def get_cancel_url(self) -> str:
        """Back to the list."""
        query = requests.export_of(self.address, by=self.request.user)
        return query.state.url()

    def perform(self, form: AskForm) -> ExportRequest:
        """Ask."""
        return requests.request_export(address=self.address, reason=form.cleaned_data["reason"], by=self.request.user)

    def get_done_url(self, result: ExportRequest) -> str:
        """To the request."""
        return reverse("exports:request-detail", args=[result.pk])


class RequestDetailView(Page):
    """One export: what was asked, who decided, where its file is."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        asked = ExportRequest.objects.visible_to(request.user).with_people().get(pk=pk)
        is_own = asked.requested_by_id == request.user.pk
        return render(
            request,
            "exports/request_detail.html",
            {
                "asked": asked,
                "is_own": is_own,
                "may_decide": asked.is_waiting and permissions.can_decide(request.user, asked),
                "answer": _answer(asked),
                "facts": _facts(asked),
                "crumbs": [(EXPORTS.title, reverse("exports:request-list"))],
            },
        )


def _answer(asked: ExportRequest) -> str:
    if asked.is_waiting:
        return _("%(person)s wants to carry away %(rows)s rows; a director decides.") % {
            "person": asked.requested_by,
            "rows": formats.number(asked.row_count),
        }
    if asked.state == ExportRequest.State.REFUSED:
        return _("Refused by %(person)s: %(reason)s") % {"person": asked.decided_by, "reason": asked.decision}
    if asked.decided_by is None:
        return _("The file is written as a job.")
    return _("Approved by %(person)s; the file is written as a job.") % {"person": asked.decided_by}


def _facts(asked: ExportRequest) -> list[tuple[str, Any]]:
    return [
        (_("List"), asked.title),
        (_("Filters"), asked.filters),
        (_("Columns"), ", ".join(asked.columns)),
        (_("Rows"), formats.number(asked.row_count)),
        (_("Form"), asked.form.upper()),
        (_("What for"), asked.reason),
        (_("Asked by"), asked.requested_by),
        (_("Asked at"), formats.moment(asked.requested_at)),
    ]


class RequestApproveView(ActView):
    """Let an export go."""

    done_message = gettext_lazy("Approved. The file is written for the person who asked.")

    def perform(self) -> ExportRequest:
        """Approve it."""
        return requests.approve_export(request_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to it."""
        return reverse("exports:request-detail", args=[self.kwargs["pk"]])


class RequestRefuseView(FormPage):
    """Refuse an export."""

    form_class = RefuseForm
    title = gettext_lazy("Refuse the export")
    submit_label = gettext_lazy("Refuse")
    done_message = gettext_lazy("Refused. The person who asked is told.")
    danger = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, for those who decide."""
        asked = ExportRequest.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        if not permissions.can_decide(self.request.user, asked):
            raise NotAllowed("export_job", Verb.APPROVE)
        return super().get_context_data(**kwargs)

    def perform(self, form: RefuseForm) -> ExportRequest:
        """Refuse it."""
        return requests.refuse_export(
            request_id=self.kwargs["pk"], reason=form.cleaned_data["reason"], by=self.request.user
        )

    def get_cancel_url(self) -> str:
        """Back to it."""
        return reverse("exports:request-detail", args=[self.kwargs["pk"]])

    def get_done_url(self, result: Any) -> str:
        """Back to it."""
        return self.get_cancel_url()
