"""Pages of selection projects: the list, one project, one step."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.calculations.project_steps import GateState
from selection.forms.projects import ProjectForm, StepForm, TermsForm
from selection.lists.projects import PROJECTS
from selection.models import SelectionProject, SignOff
from selection.project_changes import event_of
from selection.project_remedies import remedies_of
from selection.selectors.project_records import records_of
from selection.selectors.projects import (
    ProjectPage,
    StepView,
    changes_since,
    last_passage,
    past_words,
    project_page,
    unpassed_steps,
    waiver_view,
)
from selection.services import projects

State = SelectionProject.State


def people() -> Any:
    """Everybody who works here, by name."""
    return User.objects.active().order_by("full_name", "pk")


def project_crumbs() -> list[tuple[Any, str]]:
    """The projects."""
    return [(PROJECTS.title, reverse("selection:project-list"))]


class ProjectList(ListPageView):
    """Which selections run, and how far are they?"""

    spec = PROJECTS
    template_name = "selection/project_list.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What is late."""
        user = self.request.user
        seen = SelectionProject.objects.visible_to(user)
        running = seen.filter(state=State.RUNNING).count()
        late = unpassed_steps().filter(project__in=seen, due_on__lt=timezone.localdate()).count()
        answer = _("%(running)s running, %(late)s of their steps late.") % {
            "running": formats.number(running),
            "late": formats.number(late),
        }
        if permissions.can_sign_gates(user):
            asked = SignOff.objects.visible_to(user).filter(state=SignOff.State.ASKED).exclude(asked_by=user).count()
            answer += " " + _("Gates that wait for your word: %(count)s.") % {"count": formats.number(asked)}
        return {"can_create": permissions.can_run_projects(user), "answer": answer if running else ""}


class ProjectMixin:
    """A page about the project that the address names as `pk`."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def project(self) -> SelectionProject:
        """The project. Raises DoesNotExist for one that the reader does not see."""
        rows = SelectionProject.objects.visible_to(self.request.user)
        related = rows.select_related("leader", "sponsor", "former", "decision__snapshot")
        found: SelectionProject = related.get(pk=self.kwargs["pk"])
        return found

    @cached_property
    def whole(self) -> ProjectPage:
        """The project with its steps and gates."""
        return project_page(self.project)

    @cached_property
    def step(self) -> StepView:
        """The step that the address names. Raises DoesNotExist for a word that is none."""
        return self.whole.step(self.kwargs["step"])

    def project_url(self) -> str:
        """The project's page."""
        return reverse("selection:project-detail", args=[self.kwargs["pk"]])

    def step_url(self, step: str = "") -> str:
        """The page of a step, of the address's own where none is named."""
        return reverse("selection:project-step", args=[self.kwargs["pk"], step or self.kwargs["step"]])


class ProjectDetail(ProjectMixin, Page):
    """How far are we, who is next, and what changed?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        project, user, today = self.project, request.user, timezone.localdate()
        since = _since(request.GET.get("since", "")) or last_passage(project)
        context = {
            "project": project,
            "page": self.whole,
            "answer": _answer(self.whole),
            "today": today,
            "facts": _facts(project),
            "since": timezone.localdate(since),
            "events": [event_of(entry) for entry in changes_since(project, since, user)],
            "followers": project.followers.exclude(state=State.CALLED_OFF),
            "may_run": permissions.can_run_projects(user),
            "crumbs": project_crumbs(),
        }
        return render(request, "selection/project_detail.html", context)


class ProjectStepPage(ProjectMixin, Page):
    """What does this step need, what is there, and may its gate open?"""

    def get(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """The page."""
        project, user, found = self.project, request.user, self.step
        running = project.state == State.RUNNING
        signs = permissions.can_sign_gates(user) and found.is_asked and running
        remedies = remedies_of(project, user)
        earlier = [one for one in past_words(found.row) if one.state in {SignOff.State.REFUSED, SignOff.State.ENDED}]
        context = {
            "project": project,
            "page": self.whole,
            "step": found,
            "conditions": [(one, remedies[one.code]) for one in found.conditions],
            "waiver": waiver_view(found.word) if found.word and found.word.is_waiver else None,
            "records": records_of(project, found, user),
            "earlier": earlier,
            "answer": _step_answer(found),
            "today": timezone.localdate(),
            "may_run": permissions.can_run_projects(user) and running,
            "may_edit": permissions.can_run_projects(user) and running and found.word is None,
            "may_sign": signs and found.word is not None and found.word.asked_by_id != user.pk,
            "own_request": signs and found.word is not None and found.word.asked_by_id == user.pk,
            "may_reopen": found.word is not None
            and project.state != State.CALLED_OFF
            and (permissions.can_run_projects(user) or permissions.can_sign_gates(user)),
            "crumbs": [*project_crumbs(), (project.name, self.project_url())],
        }
        return render(request, "selection/project_step.html", context)


def _since(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _answer(page: ProjectPage) -> str:
    if page.project.state == State.CALLED_OFF:
        return _("This project was called off.")
    step = page.current
    if step is None:
        return _("All ten gates are passed. The re-check is on %(day)s.") % {
            "day": formats.day(page.project.recheck_on)
        }
    values = {"number": step.number, "step": step.label, "person": step.row.responsible}
    if step.is_asked:
        values["person"] = page.project.sponsor or _("a director")
        return _("Step %(number)s, %(step)s, waits for the word of %(person)s.") % values
    if step.gate.state is GateState.READY:
        return _("Step %(number)s, %(step)s, meets its conditions: %(person)s can ask for the sign-off.") % values
    values["count"] = formats.number(len(step.gate.open_codes))
    return _("%(person)s is next: step %(number)s, %(step)s, with %(count)s conditions open.") % values


def _step_answer(step: StepView) -> str:
    if step.gate.slipped:
        return _("The gate was passed; %(count)s of its conditions are open since.") % {"count": len(step.gate.slipped)}
    waiting = len(step.gate.open_codes)
    if not waiting:
        return _("Every condition is met; the gate: %(state)s.") % {"state": step.state_word}
    return _("%(count)s of %(all)s conditions are open; the gate: %(state)s.") % {
        "count": formats.number(waiting),
        "all": formats.number(len(step.gate.conditions)),
        "state": step.state_word,
    }


def _facts(project: SelectionProject) -> list[tuple[str, Any]]:
    span = f"{formats.day(project.starts_on)} – {formats.day(project.ends_on)}"
    return [
        (_("Run by"), project.leader),
        (_("Sponsor"), project.sponsor),
        (_("Timetable"), span),
        (_("Meetings"), formats.number(project.meetings)),
        (_("Re-check on"), formats.day(project.recheck_on) if project.recheck_on else None),
        (_("Purpose"), project.purpose),
        (_("Who decides what"), project.rights),
    ]


class ProjectCreate(FormPage):
    """Begin one."""

    form_class = ProjectForm
    title = gettext_lazy("New selection project")
    intro = gettext_lazy("Ten steps from objectives to the re-check, each with a gate that two persons open.")
    submit_label = gettext_lazy("Start the project")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, for the programme office."""
        if not permissions.can_run_projects(request.user):
            raise NotAllowed("selection_project", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Earlier projects and people."""
        former = SelectionProject.objects.visible_to(self.request.user).exclude(state=State.CALLED_OFF)
        return super().get_form_kwargs() | {"choices": {"former": former, "sponsor": people()}}

    def get_initial(self) -> dict[str, Any]:
        """From today; from the earlier project that the address names."""
        wanted = self.request.GET.get("former", "")
        return {"starts_on": timezone.localdate(), "former": int(wanted) if wanted.isdecimal() else None}

    def perform(self, form: Any) -> SelectionProject:
        """Start it."""
        given = form.cleaned_data
        return projects.start_project(
            name=given["name"],
            starts_on=given["starts_on"],
            purpose=given["purpose"],
            sponsor_id=given["sponsor"].pk if given["sponsor"] else None,
            former_id=given["former"].pk if given["former"] else None,
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """To the project."""
        return reverse("selection:project-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """To the projects."""
        return reverse("selection:project-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The projects."""
        return project_crumbs()


class ProjectFormPage(ProjectMixin, FormPage):
    """A form of the programme office about one project; it comes from the page of a step, or of the project."""

    done_message = gettext_lazy("Saved.")
    of_step = ""

    def may(self) -> bool:
        """Whether the reader may do this."""
        return permissions.can_run_projects(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.project  # noqa: B018 - not there for who does not see it
        if not self.may():
            raise NotAllowed("selection_project", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_done_url(self, result: Any) -> str:
        """Back to where it came from."""
        step = self.of_step or self.kwargs.get("step", "")
        return self.step_url(step) if step else self.project_url()

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The projects, this one."""
        return [*project_crumbs(), (self.project.name, self.project_url())]


class ProjectUpdate(ProjectFormPage):
    """Terms of reference and timetable."""

    form_class = TermsForm
    title = gettext_lazy("Terms and timetable")

    def get_form_kwargs(self) -> dict[str, Any]:
        """People."""
        return super().get_form_kwargs() | {"choices": {"leader": people(), "sponsor": people()}}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.project, name) for name in TermsForm.base_fields}

    def get_version(self) -> int:
        """The project's."""
        return self.project.version

    def perform(self, form: Any) -> SelectionProject:
        """Save."""
        return projects.change_project(
            project_id=self.kwargs["pk"],
            version=self.posted_version(),
            values=form.cleaned_data,
            by=self.request.user,
        )


class StepUpdate(ProjectFormPage):
    """Who sees to a step, by when, and what was found."""

    form_class = StepForm
    done_message = gettext_lazy("Saved.")

    def get_title(self) -> Any:
        """Which step."""
        return self.step.label

    def get_form_kwargs(self) -> dict[str, Any]:
        """People."""
        return super().get_form_kwargs() | {"choices": {"responsible": people()}}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.step.row, name) for name in StepForm.base_fields}

    def get_version(self) -> int:
        """The step's."""
        return self.step.row.version

    def perform(self, form: Any) -> Any:
        """Save."""
        return projects.change_step(
            project_id=self.kwargs["pk"],
            kind=self.kwargs["step"],
            version=self.posted_version(),
            values=form.cleaned_data,
            by=self.request.user,
        )


class CallOff(ProjectMixin, ActView):
    """End it before its time."""

    done_message = gettext_lazy("Called off. All that was written stays.")

    def perform(self) -> SelectionProject:
        """Call the service."""
        return projects.call_off(project_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """The project."""
        return self.project_url()


class Dossier(ProjectMixin, Page):
    """The project on paper; taking it away stands in the audit trail."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file, with what the reader may see."""
        from selection import dossier  # a large library: not every page needs it

        content = dossier.as_pdf(self.whole, request.user)
        audit.record(action="export", by=request.user, subject=self.project, changes={"form": [None, "pdf"]})
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="selection-project-{pk}.pdf"'
        return answer
