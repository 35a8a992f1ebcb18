"""Forms that tie a selection project to its map, factor sets, snapshot and decision, and take each function's word."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from selection.forms.projects import (
    AnswerForm,
    DecisionLinkForm,
    MarketForm,
    ScoringForm,
)
from selection.models import (
    Decision,
    MarketMap,
    ProjectMember,
    ScoringModel,
    ScoringRound,
    Segment,
    StepChoice,
)
from selection.services import project_parts, projects
from selection.views.projects import ProjectFormPage


class MarketLink(ProjectFormPage):
    """Say on which map and for which segments the project selects."""

    form_class = MarketForm
    title = gettext_lazy("Choose map and segments")

    def get_form_kwargs(self) -> dict[str, Any]:
        """What is in use."""
        user = self.request.user
        maps = MarketMap.objects.visible_to(user).exclude(state=MarketMap.State.RETIRED)
        segments = Segment.objects.visible_to(user).exclude(state=Segment.State.RETIRED)
        return super().get_form_kwargs() | {"choices": {"market_map": maps, "segments": segments}}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"market_map": self.project.market_map_id, "segments": self.project.segments.all()}

    def get_version(self) -> int:
        """The project's."""
        return self.project.version

    def perform(self, form: Any) -> Any:
        """Save."""
        chosen = form.cleaned_data["market_map"]
        return projects.link_market(
            project_id=self.kwargs["pk"],
            version=self.posted_version(),
            market_map_id=chosen.pk if chosen else None,
            segments=[row.pk for row in form.cleaned_data["segments"]],
            by=self.request.user,
        )


class ScoringLink(ProjectFormPage):
    """Say with what and in which rounds the project scores."""

    form_class = ScoringForm
    title = gettext_lazy("Factor sets and rounds")
    of_step = StepChoice.ATTRACTIVENESS

    def get_form_kwargs(self) -> dict[str, Any]:
        """Editions that count and rounds that were not called off."""
        user = self.request.user
        sets = ScoringModel.objects.visible_to(user).exclude(state=ScoringModel.State.RETIRED)
        rounds = ScoringRound.objects.visible_to(user).exclude(state=ScoringRound.State.CANCELLED)
        chosen = sets | ScoringModel.objects.filter(pk__in=self.project.factor_sets.values("pk"))
        return super().get_form_kwargs() | {"choices": {"factor_sets": chosen.distinct(), "rounds": rounds}}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"factor_sets": self.project.factor_sets.all(), "rounds": self.project.rounds.all()}

    def get_version(self) -> int:
        """The project's."""
        return self.project.version

    def perform(self, form: Any) -> Any:
        """Save."""
        return projects.link_scoring(
            project_id=self.kwargs["pk"],
            version=self.posted_version(),
            factor_sets=[row.pk for row in form.cleaned_data["factor_sets"]],
            rounds=[row.pk for row in form.cleaned_data["rounds"]],
            by=self.request.user,
        )


class DecisionLink(ProjectFormPage):
    """Say which decision the project leads to."""

    form_class = DecisionLinkForm
    title = gettext_lazy("Choose the decision")
    of_step = StepChoice.DECISION

    def get_form_kwargs(self) -> dict[str, Any]:
        """Decisions that may still hold."""
        dead = (Decision.State.REJECTED, Decision.State.WITHDRAWN)
        rows = Decision.objects.visible_to(self.request.user).exclude(state__in=dead)
        return super().get_form_kwargs() | {"choices": {"decision": rows}}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"decision": self.project.decision_id}

    def get_version(self) -> int:
        """The project's."""
        return self.project.version

    def perform(self, form: Any) -> Any:
        """Save."""
        chosen = form.cleaned_data["decision"]
        return projects.link_decision(
            project_id=self.kwargs["pk"],
            version=self.posted_version(),
            decision_id=chosen.pk if chosen else None,
            by=self.request.user,
        )


class MemberAnswer(ProjectFormPage):
    """What one's function says to the result."""

    form_class = AnswerForm
    of_step = StepChoice.COMMUNICATION
    done_message = gettext_lazy("Thank you.")

    @cached_property
    def member(self) -> ProjectMember:
        """One's own seat. Raises DoesNotExist for who is not of the team."""
        found: ProjectMember = self.project.members.get(user=self.request.user, left_on=None)
        return found

    def may(self) -> bool:
        """Members, each for the own function."""
        return bool(self.member)

    def get_title(self) -> Any:
        """For which function."""
        return _("%(function)s: what do you say to the result?") % {"function": self.member.get_function_display()}

    def get_initial(self) -> dict[str, Any]:
        """What was said."""
        return {"answer": self.member.answer, "answer_note": self.member.answer_note}

    def perform(self, form: Any) -> Any:
        """Save."""
        return project_parts.answer_result(
            project_id=self.kwargs["pk"],
            answer=form.cleaned_data["answer"],
            words=form.cleaned_data["answer_note"],
            by=self.request.user,
        )
