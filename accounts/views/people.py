"""People: list, one person, invitations, roles, letting in and out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import permissions, selectors
from accounts.forms import CodesForm, InvitationForm, RolesForm
from accounts.lists import USERS
from accounts.models import Invitation, User
from accounts.services import codes, invitations, users
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page

PEOPLE = gettext_lazy("People")


class UserListView(ListPageView):
    """Everybody, for those who keep or audit people."""

    spec = USERS
    template_name = "accounts/user_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        if not permissions.can_see_people(request.user):
            raise NotAllowed("user", Verb.READ)
        return super().get(request, *args, **kwargs)

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """How many can sign in and who is invited; for a director, whose people these are."""
        user = self.request.user
        if permissions.can_see_everybody(user):
            figures = selectors.people_figures(timezone.now())
            return {"can_invite": permissions.can_invite(user), "figures": figures, "answer": figures.answer}
        return {"answer": _("The people of the units that you lead.")}


class UserDetailView(Page):
    """One person: what he is for, since when, with which tokens."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        person = User.objects.visible_to(request.user).get(pk=pk)
        return render(
            request,
            "accounts/user_detail.html",
            {
                "person": person,
                "sheet": selectors.person_sheet_for(person, request.user),
                "crumbs": [(PEOPLE, reverse("accounts:user-list"))],
            },
        )


class InvitationListView(Page):
    """Who was invited and did not come yet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        if not permissions.can_invite(request.user):
            raise NotAllowed("user", Verb.CREATE)
        waiting = Invitation.objects.unanswered().select_related("invited_by")
        return render(
            request,
            "accounts/invitation_list.html",
            {
                "invitations": list(waiting.order_by("-created_at")),
                "crumbs": [(PEOPLE, reverse("accounts:user-list"))],
            },
        )


class InvitationCreateView(FormPage):
    """Invite somebody."""

    form_class = InvitationForm
    title = gettext_lazy("Invite somebody")
    intro = gettext_lazy("They get a mail with a link that works once, for 24 hours.")
    submit_label = gettext_lazy("Send invitation")
    done_message = gettext_lazy("The invitation is on its way.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_invite(request.user):
            raise NotAllowed("user", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> Invitation:
        """Invite."""
        return invitations.invite_person(by=self.request.user, **form.cleaned_data)

    def get_initial(self) -> dict[str, Any]:
        """The language of the person who invites is the best guess."""
        return {"language": self.request.user.language}

    def get_done_url(self, result: Any) -> str:
        """Back to the people."""
        return reverse("accounts:user-list")

    def get_cancel_url(self) -> str:
        """Back to the people."""
        return reverse("accounts:user-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """People."""
        return [(PEOPLE, reverse("accounts:user-list"))]


class InvitationCancelView(ActView):
    """Take an invitation back."""

    done_message = gettext_lazy("The invitation does not work any more.")

    def perform(self) -> None:
        """Cancel."""
        invitations.cancel_invitation(invitation_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the invitations."""
        return reverse("accounts:invitation-list")


class RolesView(FormPage):
    """Say what somebody is for."""

    form_class = RolesForm
    submit_label = gettext_lazy("Change roles")
    done_message = gettext_lazy("The roles hold from the next click.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Keep the person for the form."""
        super().setup(request, *args, **kwargs)
        self.person: User | None = None

    def get_person(self) -> User:
        """The person, read once."""
        if self.person is None:
            self.person = User.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return self.person

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_grant_roles(request.user, self.get_person()):
            raise NotAllowed("user", Verb.GRANT)
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> User:
        """Change the roles."""
        return users.change_roles(
            user_id=self.kwargs["pk"],
            version=self.posted_version(),
            roles=form.cleaned_data["roles"],
            by=self.request.user,
        )

    def get_initial(self) -> dict[str, Any]:
        """The present roles."""
        return {"roles": self.get_person().roles}

    def get_version(self) -> int:
        """The person's version."""
        return self.get_person().version

    def get_title(self) -> str:
        """Whose roles."""
        return _("Roles of %(name)s") % {"name": self.get_person()}

    def get_done_url(self, result: Any) -> str:
        """Back to the person."""
        return reverse("accounts:user-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """Back to the person."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """People, the person."""
        return [(PEOPLE, reverse("accounts:user-list")), (str(self.get_person()), self.get_done_url(None))]


class CodesView(FormPage):
    """Say what other systems call somebody, so that their files may name him so."""

    form_class = CodesForm
    intro = gettext_lazy("Files from these systems may then name the person so: as owner, assignee or salesperson.")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def person(self) -> User:
        """The person. Raises DoesNotExist for one whom the reader does not see."""
        found: User = User.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if self.person and not permissions.can_invite(request.user):
            raise NotAllowed("user", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Those that are known."""
        return {"codes": "\n".join(map(str, self.person.codes.order_by("source", "code")))}

    def get_title(self) -> str:
        """Whose codes."""
        return _("Codes of %(name)s") % {"name": self.person}

    def perform(self, form: Any) -> None:
        """Keep them."""
        codes.set_codes(user_id=self.kwargs["pk"], codes=form.pairs(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the person."""
        return reverse("accounts:user-detail", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """Back to the person."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """People, the person."""
        return [(PEOPLE, reverse("accounts:user-list")), (str(self.person), self.get_done_url(None))]


class DeactivateView(ActView):
    """Let somebody in no more."""

    done_message = gettext_lazy("Deactivated: sessions and API tokens have ended.")

    def perform(self) -> User:
        """Deactivate."""
        return users.deactivate_user(user_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the person."""
        return reverse("accounts:user-detail", args=[self.kwargs["pk"]])


class ReactivateView(ActView):
    """Let somebody in again."""

    done_message = gettext_lazy("Active again.")

    def perform(self) -> User:
        """Reactivate."""
        return users.reactivate_user(user_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """Back to the person."""
        return reverse("accounts:user-detail", args=[self.kwargs["pk"]])
