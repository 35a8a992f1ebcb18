"""Pages of who works for a customer, and of how much lies on each."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from customers import permissions
from customers.calculations.load import Band
from customers.forms.account_teams import HandOverAllForm, HandOverForm, MembershipForm, NewMembershipForm
from customers.models import Customer
from customers.selectors import account_teams as selectors
from customers.services import account_teams, hand_overs
from customers.views.panels import CustomerPanel
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage, Page
from teams.models import TeamMembership
from teams.permissions import sees_workload

BAND_WORDS = {
    Band.UNKNOWN: (gettext_lazy("no days planned"), ""),
    Band.LIGHT: (gettext_lazy("light"), ""),
    Band.FITTING: (gettext_lazy("fits"), "good"),
    Band.FULL: (gettext_lazy("full"), "warn"),
    Band.TOO_MUCH: (gettext_lazy("too much"), "bad"),
}


def team_url(customer_id: int) -> str:
    """The page of a customer's team."""
    return reverse("customers:customer-team", args=[customer_id])


def team_crumbs(customer: Customer, user: User) -> list[tuple[Any, str]]:
    """The way to a team; administrators, who see no customers, have no link to one."""
    page = reverse("customers:customer-detail", args=[customer.pk])
    return [(customer.name, page if permissions.can_read_customer(user, customer) else "")]


class CustomerTeamView(CustomerPanel):
    """Who works for one customer."""

    resource = "account_team"
    heading = gettext_lazy("Account team")
    template_name = "customers/_team_panel.html"

    @cached_property
    def customer(self) -> Customer:
        """The customer whose team it is, for who may see teams."""
        return account_teams.seen_team_customer(self.kwargs["customer_id"], self.request.user)

    def get_context(self) -> dict[str, Any]:
        """The sheet."""
        user = self.request.user
        return {
            "sheet": selectors.team_sheet_for(self.customer, user, timezone.localdate()),
            "crumbs": team_crumbs(self.customer, user),
        }


class TeamFormPage(FormPage):
    """A form about one customer's team."""

    @cached_property
    def customer(self) -> Customer:
        """The customer. Raises DoesNotExist for one whose team the reader does not see."""
        return account_teams.seen_team_customer(self.kwargs["customer_id"], self.request.user)

    def others(self) -> QuerySet[User]:
        """Everybody who works here but oneself."""
        return User.objects.active().exclude(pk=self.request.user.pk).order_by("full_name")

    def get_done_url(self, result: Any) -> str:
        """To the team."""
        return team_url(self.customer.pk)

    def get_cancel_url(self) -> str:
        """To the team."""
        return team_url(self.customer.pk)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, the team."""
        crumbs = team_crumbs(self.customer, self.request.user)
        return [*crumbs, (_("Account team"), team_url(self.customer.pk))]


class MemberAddView(TeamFormPage):
    """Bring somebody in."""

    form_class = NewMembershipForm
    title = gettext_lazy("Add to the team")
    submit_label = gettext_lazy("Add to the team")
    done_message = gettext_lazy("Added. It holds from the next click.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not account_teams.grant_of(self.customer, request.user).levels:
            raise NotAllowed("account_team", Verb.GRANT)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What this reader may give, and to whom."""
        grant = account_teams.grant_of(self.customer, self.request.user)
        return super().get_form_kwargs() | {"grant": grant, "people": self.others()}

    def get_initial(self) -> dict[str, Any]:
        """As little as possible, from today."""
        return {"level": "read", "fin": "none", "function": "other", "valid_from": timezone.localdate()}

    def perform(self, form: Any) -> TeamMembership:
        """Add."""
        return account_teams.add_member(
            customer_id=self.customer.pk,
            user_id=form.cleaned_data["user"].pk,
            values=form.values(),
            by=self.request.user,
        )


class MemberPage:
    """A page about one membership under its customer."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def membership(self) -> TeamMembership:
        """The membership. Raises DoesNotExist for one in a team that the reader does not see."""
        customer = account_teams.seen_team_customer(self.kwargs["customer_id"], self.request.user)
        rows = TeamMembership.objects.select_related("user").filter(team=customer.account_team_id)
        found: TeamMembership = rows.get(pk=self.kwargs["pk"])
        return found


class MemberUpdateView(MemberPage, TeamFormPage):
    """Change what somebody does and may."""

    form_class = MembershipForm
    done_message = gettext_lazy("Saved. It holds from the next click.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        sheet = selectors.team_sheet_for(self.customer, request.user, timezone.localdate())
        if not any(line.can_change for line in sheet.members if line.membership.pk == self.membership.pk):
            raise NotAllowed("account_team", Verb.GRANT)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        """Whom."""
        return _("%(person)s in the team") % {"person": self.membership.user}

    def get_form_kwargs(self) -> dict[str, Any]:
        """What this reader may give."""
        return super().get_form_kwargs() | {"grant": account_teams.grant_of(self.customer, self.request.user)}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {name: getattr(self.membership, name) for name in account_teams.FIELDS}

    def get_version(self) -> int:
        """The stored version."""
        return self.membership.version

    def perform(self, form: Any) -> TeamMembership:
        """Save."""
        return account_teams.change_member(
            membership_id=self.membership.pk,
            version=self.posted_version(),
            values=form.values(),
            by=self.request.user,
        )


class MemberEndView(MemberPage, ActView):
    """Let somebody go."""

    done_message = gettext_lazy("The membership has ended.")

    def perform(self) -> None:
        """End it today."""
        account_teams.end_member(
            membership_id=self.membership.pk,
            version=self.posted_version(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """To the team."""
        return team_url(self.kwargs["customer_id"])


class HandOverView(TeamFormPage):
    """Give one account a new owner."""

    form_class = HandOverForm
    title = gettext_lazy("Hand over the account")
    intro = gettext_lazy("The new owner gets the owner's flags and open tasks; the old one leaves the team today.")
    submit_label = gettext_lazy("Hand over")
    done_message = gettext_lazy("Handed over. Both have been told.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not selectors.team_sheet_for(self.customer, request.user, timezone.localdate()).can_hand_over:
            raise NotAllowed("account_team", Verb.GRANT)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """To whom."""
        return super().get_form_kwargs() | {"people": self.others()}

    def perform(self, form: Any) -> list[Customer]:
        """Hand over."""
        return account_teams.hand_over(
            customer_ids=[self.customer.pk],
            to_id=form.cleaned_data["to"].pk,
            note=form.cleaned_data["note"],
            by=self.request.user,
            today=timezone.localdate(),
        )


class HandOverTakeBackView(ActView):
    """Give an account back to its former owner."""

    done_message = gettext_lazy("Taken back. It holds from the next click.")

    def perform(self) -> Any:
        """Do it."""
        account_teams.seen_team_customer(self.kwargs["customer_id"], self.request.user)
        return hand_overs.take_back(
            hand_over_id=self.kwargs["pk"], by=self.request.user, today=timezone.localdate(), now=timezone.now()
        )

    def get_done_url(self, result: Any) -> str:
        """To the team."""
        return team_url(self.kwargs["customer_id"])


class HandOverAllView(FormPage):
    """Give the accounts of one person a new owner."""

    form_class = HandOverAllForm
    title = gettext_lazy("Hand over accounts")
    submit_label = gettext_lazy("Hand over")
    done_message = gettext_lazy("Handed over. Everybody concerned has been told.")

    @cached_property
    def customers(self) -> QuerySet[Customer]:
        """The person's accounts that the reader sees. Raises DoesNotExist when there are none."""
        person = User.objects.get(pk=self.kwargs["pk"])
        owned = selectors.owned_by(person, self.request.user, timezone.localdate())
        if not owned.exists():
            raise Customer.DoesNotExist
        self.person = person
        return owned

    def get_title(self) -> str:
        """Whose."""
        self.customers  # noqa: B018 - finds the person
        return _("Hand over the accounts of %(person)s") % {"person": self.person}

    def get_initial(self) -> dict[str, Any]:
        """All of them."""
        return {"customers": self.customers}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Which, and to whom."""
        people = User.objects.active().exclude(pk__in=[self.kwargs["pk"], self.request.user.pk])
        return super().get_form_kwargs() | {"customers": self.customers, "people": people.order_by("full_name")}

    def perform(self, form: Any) -> list[Customer]:
        """Hand over."""
        return account_teams.hand_over(
            customer_ids=[customer.pk for customer in form.cleaned_data["customers"]],
            to_id=form.cleaned_data["to"].pk,
            note=form.cleaned_data["note"],
            notes=form.notes(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """To the organisation."""
        return reverse("teams:unit-list")

    def get_cancel_url(self) -> str:
        """To the organisation."""
        return reverse("teams:unit-list")


class WorkloadView(Page):
    """Does the work fit the people?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        if not sees_workload(request.user):
            raise NotAllowed("account_team", Verb.READ)
        loads = selectors.workload_for(request.user, timezone.localdate(), timezone.now())
        heavy = sum(load.band is Band.TOO_MUCH for load in loads)
        text = ngettext(
            "%(count)s person has more work than days.", "%(count)s people have more work than days.", heavy
        )
        return render(
            request,
            "customers/workload.html",
            {
                "loads": [(load, *BAND_WORDS[load.band]) for load in loads],
                "answer": text % {"count": heavy} if heavy else _("The planned work fits the days of everybody."),
                "crumbs": [(_("Teams"), reverse("teams:unit-list"))],
            },
        )
