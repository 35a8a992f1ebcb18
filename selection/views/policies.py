"""Pages of policies, capacity and potentials."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import FormPage, Page
from selection import permissions
from selection.calculations.quadrants import Quadrant
from selection.forms.policies import CapacityForm, PotentialForm, RuleForm, rule_initial
from selection.models import Capacity, Potential, QuadrantRule
from selection.selectors.policies import Entitlement, capacities, entitlements
from selection.services import policies
from selection.views.strengths import ViewMixin
from selection.words import QUADRANT_NAMES, policy_word
from teams.models import TeamMembership


class PolicyList(Page):
    """What does each quadrant get, and what is there to give?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The policies side by side, and the capacity."""
        if not permissions.can_read_models(request.user):
            raise NotAllowed("scoring_model", Verb.READ)
        found = list(entitlements().values())
        context = {
            "entitlements": found,
            "lines": lines_of(found),
            "capacities": capacities(),
            "may_edit": permissions.can_edit_models(request.user),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/policy_list.html", context)


class SettingForm(FormPage):
    """A form of the programme office."""

    done_message = gettext_lazy("Saved.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, for who keeps the method."""
        if not permissions.can_edit_models(request.user):
            raise NotAllowed("scoring_model", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def get_done_url(self, result: Any) -> str:
        """The policies."""
        return reverse("selection:policy-list")

    def get_cancel_url(self) -> str:
        """The same."""
        return reverse("selection:policy-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The policies."""
        return [(_("Policies and capacity"), reverse("selection:policy-list"))]


class PolicyUpdate(SettingForm):
    """Change what a quadrant is entitled to."""

    form_class = RuleForm

    @cached_property
    def entitlement(self) -> Entitlement:
        """The policy as it stands."""
        try:
            return entitlements()[Quadrant(self.kwargs["quadrant"])]
        except ValueError:
            raise Http404 from None

    def get_title(self) -> Any:
        """Which quadrant."""
        return QUADRANT_NAMES[self.entitlement.quadrant]

    def get_initial(self) -> dict[str, Any]:
        """As it stands."""
        rule = self.entitlement.rule
        return rule_initial(self.entitlement.policy, self.entitlement.effort, rule.text if rule else "")

    def get_version(self) -> int:
        """The stored version, 0 while the default holds."""
        return self.entitlement.rule.version if self.entitlement.rule else 0

    def perform(self, form: Any) -> QuadrantRule:
        """Call the service."""
        return policies.set_rule(
            quadrant=self.entitlement.quadrant.value,
            version=self.posted_version(),
            values=form.values(),
            by=self.request.user,
        )


class CapacityUpdate(SettingForm):
    """Say how many days a function has."""

    form_class = CapacityForm
    title = gettext_lazy("Days of a function")

    def get_initial(self) -> dict[str, Any]:
        """The function that the address names, as it is stored."""
        row = Capacity.objects.filter(function=self.request.GET.get("function", "")).first()
        return {name: getattr(row, name) for name in ("function", "days_a_year", "day_rate")} if row else {}

    def perform(self, form: Any) -> Capacity:
        """Call the service."""
        return policies.set_capacity(by=self.request.user, **form.cleaned_data)


class PotentialUpdate(ViewMixin, FormPage):
    """Estimate what a customer could buy."""

    form_class = PotentialForm
    title = gettext_lazy("What could this customer buy?")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def stored(self) -> Potential | None:
        """The estimate so far."""
        return Potential.objects.filter(customer=self.customer).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.require_rating()
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        names = ("available_sales", "category_spend", "evidence", "note")
        return {name: getattr(self.stored, name) for name in names} if self.stored else {}

    def get_version(self) -> int:
        """The stored version, 0 for none."""
        return self.stored.version if self.stored else 0

    def perform(self, form: Any) -> Potential:
        """Call the service."""
        return policies.estimate_potential(
            customer_id=self.kwargs["customer_id"],
            version=self.posted_version(),
            values=form.cleaned_data,
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """The customer's place."""
        return reverse("selection:customer-position", args=[self.kwargs["customer_id"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer."""
        return [(self.customer.name, self.get_done_url(None))]


def lines_of(found: list[Entitlement]) -> list[tuple[str, list[str]]]:
    """The policies line by line, quadrants side by side."""
    names = dict(TeamMembership.Function.choices)

    def line(label: str, attribute: str) -> tuple[str, list[str]]:
        return label, [policy_word(getattr(one.policy, attribute)) for one in found]

    effort = [
        ", ".join(f"{names.get(function, function)} {policy_word(days)}" for function, days in one.effort)
        for one in found
    ]
    return [
        line(_("Served by"), "mode"),
        line(_("Contacts a year, at least"), "contacts_a_year"),
        line(_("Steering meetings a year"), "steering_meetings_a_year"),
        line(_("Executive sponsor"), "sponsor"),
        line(_("Account plan"), "plan"),
        line(_("Reviews a year"), "reviews_a_year"),
        line(_("Service"), "service"),
        line(_("Price"), "price"),
        line(_("Credit"), "credit"),
        line(_("Cost to serve, at most"), "cost_to_serve_cap"),
        line(_("Accounts per manager, at most"), "owner_load_limit"),
        (_("Days a year of an account"), effort),
        (_("In our own words"), [one.rule.text if one.rule else "" for one in found]),
    ]
