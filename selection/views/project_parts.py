"""Forms of what the steps of a selection project write down."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from kcrm.lib.web import ActView
from selection.forms.projects import (
    FitForm,
    MemberForm,
    ModeForm,
    ObjectiveForm,
    ResourceForm,
    mode_initial,
)
from selection.models import (
    ProjectMember,
    ProjectMode,
    ProjectObjective,
    StepChoice,
)
from selection.selectors.project_facts import FIT_QUESTIONS
from selection.services import project_parts, projects
from selection.views.projects import ProjectFormPage, ProjectMixin, people


class ObjectiveCreate(ProjectFormPage):
    """Write down an objective."""

    form_class = ObjectiveForm
    title = gettext_lazy("Add an objective")
    of_step = StepChoice.OBJECTIVES

    def get_initial(self) -> dict[str, Any]:
        """What is left of 100."""
        total = sum(self.project.objectives.values_list("weight", flat=True))
        return {"weight": max(0, 100 - total), "due_on": self.project.recheck_on}

    def perform(self, form: Any) -> Any:
        """Save."""
        return project_parts.save_objective(
            project_id=self.kwargs["pk"], values=form.cleaned_data, by=self.request.user
        )


class ObjectiveUpdate(ObjectiveCreate):
    """Change an objective."""

    title = gettext_lazy("Change the objective")

    @cached_property
    def objective(self) -> ProjectObjective:
        """The objective. Raises DoesNotExist for one of another project."""
        found: ProjectObjective = self.project.objectives.get(pk=self.kwargs["row"])
        return found

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.objective, name) for name in ObjectiveForm.base_fields}

    def get_version(self) -> int:
        """The stored version."""
        return self.objective.version

    def perform(self, form: Any) -> Any:
        """Save."""
        return project_parts.save_objective(
            project_id=self.kwargs["pk"],
            objective_id=self.kwargs["row"],
            version=self.posted_version(),
            values=form.cleaned_data,
            by=self.request.user,
        )


class StepAct(ProjectMixin, ActView):
    """A button on the page of a step."""

    of_step = ""

    def get_done_url(self, result: Any) -> str:
        """The step."""
        return self.step_url(self.of_step)


class ObjectiveDelete(StepAct):
    """Give up an objective."""

    of_step = StepChoice.OBJECTIVES

    def perform(self) -> Any:
        """Call the service."""
        return project_parts.drop_objective(
            project_id=self.kwargs["pk"],
            objective_id=self.kwargs["row"],
            version=self.posted_version(),
            by=self.request.user,
        )


class ResourceSet(ProjectFormPage):
    """Say how many days a function has."""

    form_class = ResourceForm
    title = gettext_lazy("Days of a function")
    of_step = StepChoice.RESOURCES

    @cached_property
    def stored(self) -> Any:
        """The row of the function that the address names, None where there is none."""
        return self.project.resources.filter(function=self.request.GET.get("function", "")).first()

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        if self.stored is None:
            return {"function": self.request.GET.get("function", ""), "net_days": 200}
        return {name: getattr(self.stored, name) for name in ResourceForm.base_fields}

    def get_version(self) -> int:
        """The stored version, 0 for none."""
        return self.stored.version if self.stored else 0

    def perform(self, form: Any) -> Any:
        """Save."""
        return project_parts.set_resource(
            project_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user, **form.cleaned_data
        )


class ModeUpdate(ProjectFormPage):
    """Say what one way of selling takes."""

    form_class = ModeForm
    of_step = StepChoice.RESOURCES

    @cached_property
    def mode(self) -> ProjectMode:
        """The row. Raises DoesNotExist for a word that is no way of selling."""
        found: ProjectMode = self.project.modes.get(mode=self.kwargs["mode"])
        return found

    def get_title(self) -> Any:
        """Which way."""
        return self.mode.get_mode_display()

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return mode_initial(self.mode.customers, self.mode.paid_as, self.mode.measures, self.mode.effort)

    def get_version(self) -> int:
        """The stored version."""
        return self.mode.version

    def perform(self, form: Any) -> Any:
        """Save."""
        return project_parts.set_mode(
            project_id=self.kwargs["pk"],
            mode=self.kwargs["mode"],
            version=self.posted_version(),
            values=form.values(),
            by=self.request.user,
        )


class FitUpdate(ProjectFormPage):
    """Does key-account management fit us?"""

    form_class = FitForm
    title = gettext_lazy("Does key-account management fit us?")
    intro = gettext_lazy("Six answers from 0 to 100. Below 50 in the mean keep the regular round.")
    of_step = StepChoice.RESOURCES

    def get_initial(self) -> dict[str, Any]:
        """What was answered."""
        return {name: self.project.fit.get(name) for name in FIT_QUESTIONS}

    def get_version(self) -> int:
        """The project's."""
        return self.project.version

    def perform(self, form: Any) -> Any:
        """Save."""
        return projects.change_project(
            project_id=self.kwargs["pk"],
            version=self.posted_version(),
            values={"fit": form.values()},
            by=self.request.user,
        )


class MemberCreate(ProjectFormPage):
    """Ask somebody into the team."""

    form_class = MemberForm
    title = gettext_lazy("Add a member")
    done_message = gettext_lazy("In the team, and told so.")
    of_step = StepChoice.TEAM

    def get_form_kwargs(self) -> dict[str, Any]:
        """Everybody who is not in it."""
        inside = self.project.members.filter(left_on=None).values("user")
        rows = people().exclude(pk__in=inside).exclude(pk=self.project.sponsor_id)
        return super().get_form_kwargs() | {"choices": {"user": rows}}

    def get_initial(self) -> dict[str, Any]:
        """Somebody who scores."""
        return {"role": ProjectMember.Role.RATER}

    def perform(self, form: Any) -> Any:
        """Save."""
        given = dict(form.cleaned_data)
        return project_parts.add_member(
            project_id=self.kwargs["pk"], user_id=given.pop("user").pk, by=self.request.user, **given
        )


class MemberUpdate(ProjectFormPage):
    """Change function, role or why."""

    form_class = MemberForm
    of_step = StepChoice.TEAM

    @cached_property
    def member(self) -> ProjectMember:
        """The member. Raises DoesNotExist for one of another project."""
        found: ProjectMember = self.project.members.select_related("user").get(pk=self.kwargs["row"])
        return found

    def get_title(self) -> Any:
        """Who."""
        return self.member.user

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.member, name) for name in ("function", "role", "why")}

    def get_version(self) -> int:
        """The stored version."""
        return self.member.version

    def perform(self, form: Any) -> Any:
        """Save."""
        return project_parts.change_member(
            project_id=self.kwargs["pk"],
            member_id=self.kwargs["row"],
            version=self.posted_version(),
            values=form.cleaned_data,
            by=self.request.user,
        )


class MemberLeave(StepAct):
    """Let somebody go."""

    done_message = gettext_lazy("Gone from the team and from open rounds. Scores given stay.")
    of_step = StepChoice.TEAM

    def perform(self) -> Any:
        """Call the service."""
        return project_parts.let_member_leave(
            project_id=self.kwargs["pk"],
            member_id=self.kwargs["row"],
            version=self.posted_version(),
            by=self.request.user,
        )
