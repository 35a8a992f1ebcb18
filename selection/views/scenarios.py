"""Pages of scenarios: kept what-ifs, each against today and side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.errors import BadQuery, NotAllowed
from kcrm.lib.tables import ListPage, ListPageView
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.forms.scenarios import DaysForm, ScenarioDecisionForm, ScenarioForm, ScenarioMoveForm
from selection.lists.scenarios import SCENARIOS
from selection.models import Decision, Scenario, ScenarioMove
from selection.selectors.policies import capacities, entitlements, quadrant_effort
from selection.selectors.scenarios import side_by_side
from selection.services import scenarios
from selection.services.scenarios import PlannedMove
from selection.views.decisions import decision_url
from selection.views.matrix import moves_of
from selection.views.scenario_figures import answer_of, comparison_context, days_of

MOST_COMPARED = 4


def scenario_crumbs() -> list[tuple[Any, str]]:
    """Scenarios."""
    return [(SCENARIOS.title, reverse("selection:scenario-list"))]


def scenario_url(pk: int) -> str:
    """A scenario's page."""
    return reverse("selection:scenario-detail", args=[pk])


class ScenarioList(ListPageView):
    """Which portfolios have we thought through?"""

    spec = SCENARIOS
    template_name = "selection/scenario_list.html"

    def get_context(self, page: ListPage) -> dict[str, Any]:
        """What to do with them."""
        return {
            "answer": _("Each is worked out on the figures of today. Tick two to four to see them side by side."),
            "may_save": permissions.can_save_scenarios(self.request.user),
        }


def chosen_scenarios(request: HttpRequest) -> list[Scenario]:
    """Those that the address names and the reader sees, in that order. Raises NotAllowed, and BadQuery for too many."""
    if not permissions.can_read_scenarios(request.user):
        raise NotAllowed("scenario", Verb.READ)
    numbers = list(dict.fromkeys(int(one) for one in request.GET.getlist("ids") if one.isdecimal()))
    if len(numbers) > MOST_COMPARED:
        raise BadQuery(_("Compare four scenarios at most."))
    found = {one.pk: one for one in Scenario.objects.visible_to(request.user).filter(pk__in=numbers)}
    return [found[pk] for pk in numbers if pk in found]


class ScenarioCompare(Page):
    """Which of these would be better?"""

    def post(self, request: HttpRequest) -> HttpResponse:
        """On to the page of those that were ticked."""
        query = "&".join(f"ids={one}" for one in request.POST.getlist("ids") if one.isdecimal())
        return HttpResponseRedirect(f"{reverse('selection:scenario-compare')}?{query}")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Two to four scenarios beside today."""
        chosen = chosen_scenarios(request)
        context = comparison_context(side_by_side(chosen, request.user, today=timezone.localdate()))
        context |= {
            "crumbs": scenario_crumbs(),
            "others": Scenario.objects.visible_to(request.user).select_related("owner")[:50],
            "chosen": [one.pk for one in chosen],
            "file_query": "&".join(f"ids={one.pk}" for one in chosen),
        }
        return render(request, "selection/scenario_compare.html", context)


class ScenarioMixin:
    """A page about the scenario that the address names as `pk`."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario. Raises DoesNotExist for who reads none."""
        rows = Scenario.objects.visible_to(self.request.user).select_related("owner", "snapshot")
        found: Scenario = rows.get(pk=self.kwargs["pk"])
        return found


class ScenarioDetail(ScenarioMixin, Page):
    """What would this portfolio be like?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its moves and its figures against today."""
        sides = side_by_side([self.scenario], request.user, today=timezone.localdate())
        outcome = sides.outcomes[0]
        context = comparison_context(sides) | {
            "scenario": self.scenario,
            "outcome": outcome,
            "moves": [
                (move, sides.held.names.get(str(move.customer_id)), outcome.changed.get(str(move.customer_id)))
                for move in outcome.moves
            ],
            "days": days_of(self.scenario),
            "answer": answer_of(sides),
            "may_change": permissions.can_change_scenarios(request.user),
            "may_delete": permissions.can_delete_scenarios(request.user),
            "may_decide": permissions.can_prepare_decisions(request.user),
            "crumbs": scenario_crumbs(),
        }
        return render(request, "selection/scenario_detail.html", context)


class ScenarioCreate(FormPage):
    """Keep a what-if."""

    form_class = ScenarioForm
    title = gettext_lazy("Keep as a scenario")
    done_message = gettext_lazy("Kept.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not permissions.can_save_scenarios(request.user):
            raise NotAllowed("scenario", Verb.CREATE)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How many moves come with it."""
        count = len(moves_of(self.request))
        intro = ngettext(
            "%(count)s move comes with it; more can be added.",
            "%(count)s moves come with it; more can be added.",
            count,
        ) % {"count": count}
        return super().get_context_data(intro=intro, **kwargs)

    def perform(self, form: Any) -> Scenario:
        """Keep it."""
        moves = [PlannedMove(one.customer_id, one.quadrant.value, one.sales) for one in moves_of(self.request)]
        return scenarios.save_scenario(moves=moves, by=self.request.user, **form.cleaned_data)

    def get_done_url(self, result: Any) -> str:
        """To the scenario."""
        return scenario_url(result.pk)

    def get_cancel_url(self) -> str:
        """To the scenarios."""
        return reverse("selection:scenario-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Scenarios."""
        return scenario_crumbs()


class ScenarioFormPage(ScenarioMixin, FormPage):
    """A form about one scenario, for who may change it."""

    done_message = gettext_lazy("Saved.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        if not self.may():
            raise NotAllowed("scenario", Verb.UPDATE)
        return super().get(request, *args, **kwargs)

    def may(self) -> bool:
        """Whether the reader may do this."""
        return bool(self.scenario) and permissions.can_change_scenarios(self.request.user)

    def get_version(self) -> int | None:
        """The stored version."""
        return self.scenario.version

    def get_done_url(self, result: Any) -> str:
        """To the scenario."""
        return scenario_url(self.kwargs["pk"])

    def get_cancel_url(self) -> str:
        """To the scenario."""
        return scenario_url(self.kwargs["pk"])

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """Scenarios, this one."""
        return [*scenario_crumbs(), (self.scenario.name, scenario_url(self.scenario.pk))]


class ScenarioUpdate(ScenarioFormPage):
    """Change name and note."""

    form_class = ScenarioForm
    title = gettext_lazy("Change the scenario")

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return {"name": self.scenario.name, "note": self.scenario.note}

    def perform(self, form: Any) -> Scenario:
        """Save it."""
        return scenarios.change_scenario(
            scenario_id=self.kwargs["pk"], version=self.posted_version(), values=form.cleaned_data, by=self.request.user
        )


class ScenarioDays(ScenarioFormPage):
    """Say which days would differ."""

    form_class = DaysForm
    title = gettext_lazy("Other days")
    intro = gettext_lazy("Only what would differ; empty is as it is today.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """As it is today."""
        return super().get_form_kwargs() | {
            "capacity": {row.function: float(row.days_a_year) for row in capacities()},
            "efforts": quadrant_effort(entitlements()),
        }

    def get_initial(self) -> dict[str, Any]:
        """What differs so far."""
        initial = {f"capacity-{code}": days for code, days in self.scenario.capacity.items()}
        for quadrant, effort in self.scenario.effort.items():
            initial |= {f"effort-{quadrant}-{code}": days for code, days in effort.items()}
        return initial

    def perform(self, form: Any) -> Scenario:
        """Save it."""
        return scenarios.change_scenario(
            scenario_id=self.kwargs["pk"], version=self.posted_version(), values=form.values(), by=self.request.user
        )


class ScenarioMoveCreate(ScenarioFormPage):
    """Move one more customer, also one that no figures place."""

    form_class = ScenarioMoveForm
    title = gettext_lazy("Move a customer")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The customers in sight."""
        return super().get_form_kwargs() | {
            "customers": visible_customers(self.request.user, "score").order_by("name_sort")
        }

    def perform(self, form: Any) -> ScenarioMove:
        """Move it."""
        values = form.cleaned_data
        move = PlannedMove(values["customer"].pk, values["quadrant"], values["sales"])
        return scenarios.move_customer(scenario_id=self.kwargs["pk"], move=move, by=self.request.user)


class ScenarioDecision(ScenarioFormPage):
    """Draft a decision out of it."""

    form_class = ScenarioDecisionForm
    title = gettext_lazy("Draft a decision")
    intro = gettext_lazy("Everybody as the figures say, and the customers of the scenario as it puts them.")
    submit_label = gettext_lazy("Draft the decision")
    done_message = gettext_lazy("Drafted. Look through it, then propose it.")

    def may(self) -> bool:
        """Whether the reader prepares decisions."""
        return bool(self.scenario) and permissions.can_prepare_decisions(self.request.user)

    def get_initial(self) -> dict[str, Any]:
        """From today, for half a year."""
        today = timezone.localdate()
        return {"effective_on": today, "until": today + timedelta(days=182)}

    def perform(self, form: Any) -> Decision:
        """Draft it."""
        return scenarios.draft_from_scenario(scenario_id=self.kwargs["pk"], by=self.request.user, **form.cleaned_data)

    def get_done_url(self, result: Any) -> str:
        """To the draft."""
        return decision_url(result.pk)


class ScenarioMoveDelete(ActView):
    """Let a customer stay where it stands."""

    done_message = gettext_lazy("It stays where it stands.")

    def perform(self) -> Scenario:
        """Take the move out."""
        return scenarios.leave_customer(move_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the scenario."""
        return scenario_url(result.pk) if result else reverse("selection:scenario-list")


class ScenarioConfirm(ActView):
    """Say that the moves still hold."""

    done_message = gettext_lazy("Confirmed on the newest snapshot.")

    def perform(self) -> Scenario:
        """Confirm."""
        return scenarios.confirm_scenario(
            scenario_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user
        )

    def get_done_url(self, result: Any) -> str:
        """To the scenario."""
        return scenario_url(self.kwargs["pk"])


class ScenarioDelete(ActView):
    """Let go of it."""

    done_message = gettext_lazy("Deleted.")

    def perform(self) -> None:
        """Delete."""
        scenarios.delete_scenario(scenario_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """To the scenarios."""
        return reverse("selection:scenario-list")
