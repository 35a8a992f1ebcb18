"""The doors for people who are not signed in: the first administrator, and those who were invited."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.forms import JoinForm, SetupForm
from accounts.models import Invitation, User
from accounts.services import invitations, users
from kcrm.lib.web import FormPage, public


@method_decorator(public, name="dispatch")
class SetupView(FormPage):
    """Make the first administrator; gone once somebody is there."""

    form_class = SetupForm
    template_name = "accounts/entry_form.html"
    title = _("Set up KCRM")
    intro = _("You become the first administrator: you invite the others and say what they are for.")
    submit_label = _("Begin")
    done_message = _("KCRM is yours. Sign in to invite the others.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Only while nobody is there."""
        if User.objects.exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def perform(self, form: Any) -> User:
        """Make the person."""
        data = form.cleaned_data
        return users.create_first_administrator(
            email=data["email"], full_name=data["full_name"], password=data["password"]
        )

    def get_done_url(self, result: Model) -> str:
        """Signing in is a step of its own."""
        return reverse("account_login")


@method_decorator(public, name="dispatch")
class InvitationAcceptView(FormPage):
    """Join with the link of an invitation."""

    form_class = JoinForm
    template_name = "accounts/entry_form.html"
    title = _("Welcome to KCRM")
    submit_label = _("Join")
    done_message = _("You are in. Sign in with your e-mail address and your new password.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, or why there is none."""
        if self._invitation() is None:
            messages.error(request, str(_("This invitation has expired or was used. Ask for a new one.")))
            return self.render_to_response(self.get_context_data(form=None), status=410)
        return super().get(request, *args, **kwargs)

    def _invitation(self) -> Invitation | None:
        found = Invitation.objects.filter(digest=invitations.digest_of(self.kwargs["secret"])).first()
        return found if found and found.is_open() else None

    def get_initial(self) -> dict[str, Any]:
        """The name as the inviting person wrote it."""
        invitation = self._invitation()
        return {"full_name": invitation.full_name if invitation else "", "language": get_language()}

    def perform(self, form: Any) -> User:
        """Make the person."""
        data = form.cleaned_data
        return invitations.accept_invitation(
            secret=self.kwargs["secret"],
            full_name=data["full_name"],
            password=data["password"],
            language=data["language"],
            time_zone=data["time_zone"],
        )

    def get_done_url(self, result: Model) -> str:
        """Signing in is a step of its own."""
        return reverse("account_login")
