"""The list of jobs, the page of one with its progress, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import User
from jobs.downloads import file_answer
from jobs.filters import JobFilter
from jobs.handlers import title_of
from jobs.messages import readable
from jobs.models import Job
from jobs.selectors.jobs import STATE_CSS, job_page
from jobs.services import cancel_job, retry_job, schedules
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListPage, ListPageView, ListSpec
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView


def _title(row: Any) -> Cell:
    return Cell(readable(row.shown_title, row.shown_values) or readable(title_of(row.kind)))


def _state(row: Any) -> Cell:
    return Cell(format_html('<span class="tag {}">{}</span>', STATE_CSS[row.state], Job.State(row.state).label))


def _progress(row: Any) -> str | None:
    if not row.progress_total:
        return None
    return f"{row.progress:,} / {row.progress_total:,}"


JOBS = ListSpec(
    key="jobs",
    title=gettext_lazy("Jobs"),
    columns=(
        Column(
            "title",
            gettext_lazy("Job"),
            value="kind",
            sort=None,
            needs=("kind", "shown_title", "shown_values"),
            render=_title,
        ),
        Column("state", gettext_lazy("State"), choices=dict(Job.State.choices), render=_state),
        Column(
            "person", gettext_lazy("Requested by"), value="requested_by__full_name", none=gettext_lazy("the system")
        ),
        Column("created_at", gettext_lazy("Requested at"), kind=Kind.MOMENT),
        Column("finished_at", gettext_lazy("Ended at"), kind=Kind.MOMENT),
        Column(
            "progress",
            gettext_lazy("Progress"),
            value="progress_done",
            sort=None,
            needs=("progress_total",),
            render=_progress,
            numeric=True,
        ),
        Column("attempts", gettext_lazy("Attempts"), kind=Kind.NUMBER, default=False),
    ),
    queryset=lambda user: Job.objects.visible_to(user).for_list(user),
    default_sort="-created_at",
    filterset_class=JobFilter,
    url_name="jobs:job-detail",
    noun=ngettext_lazy("%(shown)s job", "%(shown)s jobs", "count"),
    empty=EmptyState(
        heading=gettext_lazy("No jobs yet"),
        text=gettext_lazy("Imports, exports and scoring runs appear here while they work and for 90 days after."),
    ),
)


class JobListView(ListPageView):
    """One's own jobs; for administrators everybody's, without their content."""

    spec = JOBS

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """The answer: how many are under way."""
        live = Job.objects.visible_to(self.request.user).live().count()
        answer = ngettext("%(count)s job is under way.", "%(count)s jobs are under way.", live) % {"count": live}
        return {"answer": answer if live else _("Nothing is under way.")}


@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is, and what came of it; alone for htmx, which asks again while the job lives."""
    page = job_page(job=_seen(request, pk), user=request.user, now=schedules.database_now())
    template = "jobs/_job_status.html" if is_fragment(request) else "jobs/job_detail.html"
    crumbs = [(_("Jobs"), reverse("jobs:job-list"))]
    answer = render(request, template, {"page": page, "job": page.job, "crumbs": crumbs})
    patch_vary_headers(answer, ("HX-Request",))
    return answer


class JobCancelView(ActView):
    """Stop a job."""

    done_message = gettext_lazy("The job stops.")

    def perform(self) -> Job:
        """Cancel it."""
        return cancel_job(job_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Its page."""
        return reverse("jobs:job-detail", args=[self.kwargs["pk"]])


class JobRetryView(JobCancelView):
    """Start a job again."""

    done_message = gettext_lazy("The job starts again.")

    def perform(self) -> Job:
        """Start it."""
        return retry_job(job_id=self.kwargs["pk"], by=self.request.user)


@require_GET
def job_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that a job made, for the person who asked for it and still may have it."""
    user: User = request.user
    return file_answer(_seen(request, pk), user)


def _seen(request: HttpRequest, pk: int) -> Job:
    user: User = request.user
    return get_object_or_404(Job.objects.visible_to(user).select_related("requested_by"), pk=pk)
