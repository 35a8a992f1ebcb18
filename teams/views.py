"""Pages of the organisation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage, Page
from teams.forms import PlaceForm, UnitForm
from teams.models import OrgUnit, UnitAssignment
from teams.permissions import sees_workload
from teams.selectors.units import leaders_above, unit_tree
from teams.services import units

TEAMS_TITLE = gettext_lazy("Teams")


def can_change_units(user: Any) -> bool:
    """Whether the user builds the organisation."""
    return allows("org_unit", Verb.UPDATE, global_standings(user.roles))


class UnitListView(Page):
    """The organisation as a tree."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        tree = unit_tree(timezone.localdate())
        leaderless = sum(branch.without_leader for branch in tree)
        text = ngettext(
            "%(count)s unit is led by nobody, not even from above.",
            "%(count)s units are led by nobody, not even from above.",
            leaderless,
        )
        return render(
            request,
            "teams/unit_list.html",
            {
                "tree": tree,
                "answer": text % {"count": leaderless}
                if leaderless
                else _("Every unit is led: by people of its own, or from the unit above."),
                "can_change": can_change_units(request.user),
                "sees_workload": sees_workload(request.user),
            },
        )


class UnitDetailView(Page):
    """One unit with its people and what lies below."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        unit = OrgUnit.objects.visible_to(request.user).select_related("parent").get(pk=pk)
        today = timezone.localdate()
        places = UnitAssignment.objects.visible_to(request.user).on_day(today).filter(unit=unit)
        places = places.select_related("user").order_by("kind", "user__full_name")
        return render(
            request,
            "teams/unit_detail.html",
            {
                "unit": unit,
                "leaders_above": [] if any(place.kind == "leader" for place in places) else leaders_above(unit, today),
                "places": places,
                "children": unit.children.order_by("name"),
                "can_change": can_change_units(request.user),
                "crumbs": [(TEAMS_TITLE, reverse("teams:unit-list"))],
            },
        )


class UnitFormPage(FormPage):
    """What creating and changing a unit share."""

    form_class = UnitForm
    verb = Verb.UPDATE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not allows("org_unit", self.verb, global_standings(request.user.roles)):
            raise NotAllowed("org_unit", self.verb)
        return super().get(request, *args, **kwargs)

    def get_done_url(self, result: Any) -> str:
        """To the unit."""
        return reverse("teams:unit-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """To the tree."""
        return reverse("teams:unit-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The tree."""
        return [(TEAMS_TITLE, reverse("teams:unit-list"))]


class UnitCreateView(UnitFormPage):
    """A new unit."""

    title = gettext_lazy("New unit")
    submit_label = gettext_lazy("Add unit")
    done_message = gettext_lazy("Added.")
    verb = Verb.CREATE

    def perform(self, form: Any) -> OrgUnit:
        """Create."""
        return units.create_unit(values=form.values(), by=self.request.user)


class UnitUpdateView(UnitFormPage):
    """Rename or move a unit."""

    title = gettext_lazy("Change the unit")
    intro = gettext_lazy("Moving a unit moves everything below it, and what its directors see.")
    done_message = gettext_lazy("Saved.")

    @cached_property
    def unit(self) -> OrgUnit:
        """The unit as it is stored."""
        found: OrgUnit = OrgUnit.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"name": self.unit.name, "code": self.unit.code, "parent": self.unit.parent_id}

    def get_version(self) -> int:
        """The stored version."""
        return self.unit.version

    def perform(self, form: Any) -> OrgUnit:
        """Save."""
        return units.update_unit(
            unit_id=self.kwargs["pk"], version=self.posted_version(), values=form.values(), by=self.request.user
        )


class PlaceCreateView(UnitFormPage):
    """Give somebody a place."""

    form_class = PlaceForm
    title = gettext_lazy("Give somebody a place")
    submit_label = gettext_lazy("Give the place")
    done_message = gettext_lazy("It holds from the next click.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Everybody but oneself."""
        return super().get_form_kwargs() | {"without": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """From today."""
        return {"valid_from": timezone.localdate()}

    def perform(self, form: Any) -> OrgUnit:
        """Assign."""
        place = units.assign_person(
            unit_id=self.kwargs["pk"],
            user_id=form.cleaned_data["user"].pk,
            kind=form.cleaned_data["kind"],
            valid_from=form.cleaned_data["valid_from"],
            by=self.request.user,
        )
        return place.unit


class PlaceEndView(ActView):
    """Take a place back."""

    done_message = gettext_lazy("The place has ended.")

    def perform(self) -> None:
        """End it today."""
        units.end_place(
            place_id=self.kwargs["pk"],
            version=self.posted_version(),
            by=self.request.user,
            today=timezone.localdate(),
        )

    def get_done_url(self, result: Any) -> str:
        """To the tree."""
        return reverse("teams:unit-list")
