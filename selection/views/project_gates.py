"""Forms that open the gates of a selection project, and open steps again."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from selection import permissions
from selection.forms.projects import AskForm, RefuseForm, RemarkForm, ReopenForm
from selection.selectors.projects import waiver_view
from selection.services import project_gates
from selection.views.projects import ProjectFormPage


class GateForm(ProjectFormPage):
    """A form about the gate of the step that the address names."""

    template_name = "selection/project_gate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is open, and what was said to it."""
        word = self.step.word
        shown = {"step": self.step, "waiver": waiver_view(word) if word and word.is_waiver else None}
        return super().get_context_data(**shown, **kwargs)

    def get_title(self) -> Any:
        """What is done to which step."""
        return f"{self.title}: {self.step.label}"

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The projects, this one, the step."""
        return [*super().get_crumbs(), (self.step.label, self.step_url())]


class GateAsk(GateForm):
    """Ask for the sign-off, or for a waiver."""

    form_class = AskForm
    title = gettext_lazy("Ask for the sign-off")
    done_message = gettext_lazy("Asked. Somebody else decides.")

    @cached_property
    def waiting(self) -> bool:
        """Whether conditions are open."""
        return bool(self.step.gate.open_codes)

    def get_form_kwargs(self) -> dict[str, Any]:
        """With a reason where conditions are open."""
        return super().get_form_kwargs() | {"with_open": self.waiting}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What it asks for."""
        label = _("Ask to go on with open conditions") if self.waiting else _("Ask for the sign-off")
        return super().get_context_data(submit_label=label, **kwargs)

    def perform(self, form: Any) -> Any:
        """Ask."""
        return project_gates.ask(
            project_id=self.kwargs["pk"],
            kind=self.step.key,
            reason=form.cleaned_data.get("reason", ""),
            by=self.request.user,
        )


class GateSign(GateForm):
    """Sign a gate whose conditions are met."""

    form_class = RemarkForm
    title = gettext_lazy("Sign off")
    submit_label = gettext_lazy("Sign off")
    done_message = gettext_lazy("Signed off.")

    def may(self) -> bool:
        """Directors."""
        return permissions.can_sign_gates(self.request.user)

    def perform(self, form: Any) -> Any:
        """Sign."""
        return project_gates.sign_off(
            project_id=self.kwargs["pk"], kind=self.step.key, remark=form.cleaned_data["remark"], by=self.request.user
        )


class GateWaive(GateSign):
    """Let a gate pass with open conditions."""

    title = gettext_lazy("Pass with open conditions")
    submit_label = gettext_lazy("Pass with open conditions")
    done_message = gettext_lazy("Passed with open conditions. Every later page says so.")
    danger = True

    def perform(self, form: Any) -> Any:
        """Waive."""
        return project_gates.waive(
            project_id=self.kwargs["pk"], kind=self.step.key, remark=form.cleaned_data["remark"], by=self.request.user
        )


class GateRefuse(GateSign):
    """Send a gate back."""

    form_class = RefuseForm
    title = gettext_lazy("Send back")
    submit_label = gettext_lazy("Send back")
    done_message = gettext_lazy("Sent back.")

    def perform(self, form: Any) -> Any:
        """Refuse."""
        return project_gates.refuse(
            project_id=self.kwargs["pk"], kind=self.step.key, remark=form.cleaned_data["remark"], by=self.request.user
        )


class StepReopen(GateForm):
    """Open a step again, and every gate after it."""

    form_class = ReopenForm
    title = gettext_lazy("Open again")
    intro = gettext_lazy("The sign-off of this step and of every later one ends, and each says why.")
    submit_label = gettext_lazy("Open again")
    done_message = gettext_lazy("Opened again, and every gate after it.")
    danger = True

    def may(self) -> bool:
        """The programme office and directors."""
        user = self.request.user
        return permissions.can_run_projects(user) or permissions.can_sign_gates(user)

    def perform(self, form: Any) -> Any:
        """Reopen."""
        return project_gates.reopen(
            project_id=self.kwargs["pk"], kind=self.step.key, reason=form.cleaned_data["reason"], by=self.request.user
        )
