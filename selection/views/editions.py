"""The way of an edition into force: asked for, taken back, approved or sent back by somebody else; and out of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage
from selection import permissions
from selection.forms.models import ApproveForm
from selection.forms.projects import RefuseForm
from selection.models import ScoringModel
from selection.services import editions
from selection.services.models import take_out_of_force


class EditionAct(ActView):
    """A button on the page of an edition."""

    service: Any
    """What it calls."""

    def perform(self) -> ScoringModel:
        """Call the service."""
        made: ScoringModel = type(self).service(
            model_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user
        )
        return made

    def get_done_url(self, result: Any) -> str:
        """The edition's page."""
        return reverse("selection:model-detail", args=[self.kwargs["pk"]])


class ModelAsk(EditionAct):
    """Ask that a draft be put into force."""

    done_message = _("Asked. Somebody else decides.")
    service = editions.ask_for_force


class ModelTakeBack(EditionAct):
    """Take back what was asked for."""

    done_message = _("Taken back. It is a draft again.")
    service = editions.take_back


class ModelRetire(EditionAct):
    """Take a segment's model out of force."""

    done_message = _("The model for the rest scores this segment from now on.")
    service = take_out_of_force


class ModelApprove(FormPage):
    """Approve what somebody else wrote and asked for."""

    form_class: Any = ApproveForm
    title = _("Put into force")
    submit_label = _("Approve and put into force")
    intro = _("This edition then scores its customers with the next scoring, and the one before it retires.")
    done_message = _("This edition scores customers from now on.")

    @cached_property
    def model(self) -> ScoringModel:
        """The edition, if the reader sees it."""
        found: ScoringModel = ScoringModel.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.model  # noqa: B018 - not there for who does not see it
        if not permissions.can_approve_models(request.user):
            raise NotAllowed("scoring_model", Verb.APPROVE)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> Any:
        """What is done to which edition."""
        return f"{self.title}: {self.model}"

    def get_version(self) -> int | None:
        """The stored version."""
        return self.model.version

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The models, this one."""
        return [(_("Scoring models"), reverse("selection:model-list")), (str(self.model), self.get_done_url(None))]

    def get_done_url(self, result: Any) -> str:
        """The edition's page."""
        return reverse("selection:model-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)

    def perform(self, form: Any) -> ScoringModel:
        """Approve."""
        return editions.approve_edition(**self.said(form))

    def said(self, form: Any) -> dict[str, Any]:
        """What both answers are given with."""
        return {
            "model_id": self.kwargs["pk"],
            "version": self.posted_version(),
            "remark": form.cleaned_data["remark"],
            "by": self.request.user,
        }


class ModelSendBack(ModelApprove):
    """Send it back, with a word why."""

    form_class = RefuseForm
    title = _("Send back")
    submit_label = _("Send back")
    intro = _("It becomes a draft again, and who wrote it reads why.")
    done_message = _("Sent back.")

    def perform(self, form: Any) -> ScoringModel:
        """Send back."""
        return editions.send_back(**self.said(form))
