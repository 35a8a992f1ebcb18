"""Pages of scoring rounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.forms.rounds import ConsensusForm, RoundChangeForm, RoundForm
from selection.models import Consensus, ScoringModel, ScoringRound
from selection.selectors.rounds import PanelCell, panel_cell, round_page, round_rows
from selection.services import agreement, project_rounds, rounds
from selection.words import factor_name


def people() -> QuerySet[User]:
    """Everybody who works here, by name."""
    return User.objects.filter(is_active=True).order_by("full_name", "pk")


class RoundMixin:
    """A page about the round that the address names."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def round(self) -> ScoringRound:
        """The round. Raises DoesNotExist for one that the reader does not see."""
        found: ScoringRound = (
            ScoringRound.objects.visible_to(self.request.user)
            .select_related("model", "chair")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def require_lead(self) -> None:
        """Raise NotAllowed for who sees the round and does not lead it."""
        if not permissions.can_lead(self.request.user, self.round):
            raise NotAllowed("scoring_round", Verb.UPDATE)

    def round_url(self) -> str:
        """The round's page."""
        return reverse("selection:round-detail", args=[self.kwargs["pk"]])

    def round_crumbs(self) -> list[tuple[Any, str]]:
        """The way to a page under the round."""
        return [(_("Scoring rounds"), reverse("selection:round-list")), (self.round.name, self.round_url())]


class RoundList(Page):
    """Which customers are being scored, by whom, until when?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rounds that the reader leads, scores in or may read."""
        rows = list(round_rows(request.user))
        context = {
            "rounds": rows,
            "open": [row for row in rows if row.state == ScoringRound.State.OPEN],
            "may_open": permissions.can_run_rounds(request.user),
            "today": timezone.localdate(),
        }
        return render(request, "selection/round_list.html", context)


class RoundCreate(FormPage):
    """Open a round."""

    form_class = RoundForm
    title = _("Open a scoring round")
    intro = _("Everybody scores for himself first; then the scores are opened, discussed and agreed.")
    submit_label = _("Open the round")
    done_message = _("The round is open. Its raters have been told.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in who may open rounds."""
        if request.user.is_authenticated and not permissions.can_run_rounds(request.user):
            raise NotAllowed("scoring_round", Verb.CREATE)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What can be chosen."""
        user = self.request.user
        models = ScoringModel.objects.visible_to(user).filter(state__in=["active", "draft"]).order_by("state", "name")
        customers = visible_customers(user).order_by("name_sort", "pk")
        return super().get_form_kwargs() | {"models": models, "customers": customers, "people": people()}

    def get_initial(self) -> dict[str, Any]:
        """The model in force and two weeks."""
        model = ScoringModel.objects.visible_to(self.request.user).in_force().first()
        due_on = timezone.localdate() + timedelta(days=14)
        usual = {"model": model, "due_on": due_on, "chair": self.request.user}
        return usual | project_rounds.planned_round(self.request.GET.get("project", ""), by=self.request.user)

    def perform(self, form: Any) -> ScoringRound:
        """Call the service."""
        given = form.cleaned_data
        return project_rounds.open_for_project(
            project=self.request.GET.get("project", ""),
            name=given["name"],
            purpose=given["purpose"],
            model_id=given["model"].pk,
            customer_ids=[one.pk for one in given["customers"]],
            rater_ids=[one.pk for one in given["raters"]],
            chair_id=given["chair"].pk,
            due_on=given["due_on"],
            today=timezone.localdate(),
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """The round."""
        return reverse("selection:round-detail", args=[result.pk])

    def get_cancel_url(self) -> str:
        """The list."""
        return reverse("selection:round-list")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The list."""
        return [(_("Scoring rounds"), reverse("selection:round-list"))]


class RoundDetail(RoundMixin, Page):
    """How far are we, and where do we disagree?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Progress while the round is blind, everybody's scores afterwards."""
        user = request.user
        context = {
            "page": round_page(self.round, by=user),
            "may_lead": permissions.can_lead(user, self.round),
            "may_read_model": ScoringModel.objects.visible_to(user).filter(pk=self.round.model_id).exists(),
            "may_score": permissions.can_score_in(user, self.round),
            "may_see_matrix": permissions.can_read_some_scores(user),
            "may_take_snapshot": permissions.can_prepare_decisions(user),
            "today": timezone.localdate(),
        }
        return render(request, "selection/round_detail.html", context)


class RoundChange(RoundMixin, FormPage):
    """Move the day, bring in people or customers."""

    form_class = RoundChangeForm
    title = _("Change the round")
    done_message = _("The round is changed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """What can come in: nobody and nothing that is in already."""
        self.require_lead()
        inside = self.round.raters.filter(left_on=None).values("user_id")
        customers = visible_customers(self.request.user).exclude(round_place__round=self.round)
        return super().get_form_kwargs() | {
            "people": people().exclude(pk__in=inside),
            "customers": customers.order_by("name_sort", "pk"),
        }

    def get_initial(self) -> dict[str, Any]:
        """The day as it is."""
        return {"due_on": self.round.due_on}

    def get_version(self) -> int:
        """The round's."""
        return self.round.version

    def perform(self, form: Any) -> ScoringRound:
        """Call the service."""
        given = form.cleaned_data
        return rounds.change_round(
            round_id=self.kwargs["pk"],
            version=self.posted_version(),
            due_on=given["due_on"],
            add_raters=[one.pk for one in given["add_raters"]],
            add_customers=[one.pk for one in given["add_customers"]],
            by=self.request.user,
        )

    def get_done_url(self, result: Any) -> str:
        """The round."""
        return self.round_url()

    def get_cancel_url(self) -> str:
        """The round."""
        return self.round_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """List and round."""
        return self.round_crumbs()


class RoundAct(RoundMixin, ActView):
    """A button on the round's page."""

    def get_done_url(self, result: Any) -> str:
        """The round."""
        return self.round_url()


class RoundRelease(RoundAct):
    """Open everybody's scores."""

    done_message = _("The scores are open. Talk about the coloured cells first.")

    def perform(self) -> Any:
        """Call the service."""
        return rounds.release_round(round_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)


class RoundClose(RoundAct):
    """Let the round count."""

    done_message = _("The scores are agreed, and count within minutes.")

    def perform(self) -> Any:
        """Call the service."""
        return agreement.close_round(round_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)


class RoundCancel(RoundAct):
    """Call the round off."""

    def perform(self) -> Any:
        """Call the service."""
        return rounds.cancel_round(round_id=self.kwargs["pk"], version=self.posted_version(), by=self.request.user)


class RoundEdition(RoundAct):
    """Go on with the model's next edition."""

    done_message = _("The sheets show the new edition. What was scored is kept.")

    def perform(self) -> Any:
        """Call the service."""
        model_id = self.request.POST.get("model", "")
        return rounds.adopt_edition(
            round_id=self.kwargs["pk"],
            version=self.posted_version(),
            model_id=int(model_id) if model_id.isdigit() else 0,
            by=self.request.user,
        )


class RaterLeave(RoundAct):
    """Take a rater out."""

    def perform(self) -> Any:
        """Call the service."""
        self.require_lead()
        user_id = self.request.POST.get("rater", "")
        return rounds.let_rater_leave(
            round_id=self.kwargs["pk"],
            user_id=int(user_id) if user_id.isdigit() else 0,
            today=timezone.localdate(),
            by=self.request.user,
        )


class RoundAgree(RoundMixin, FormPage):
    """Who said what about this customer and factor, and what was agreed."""

    form_class = ConsensusForm
    template_name = "selection/round_agree.html"
    submit_label = _("Write down the agreement")

    @cached_property
    def cell(self) -> PanelCell:
        """The cell. Raises Http404 for one that the round does not score, or while it is blind."""
        found = panel_cell(
            self.round,
            customer_id=self.kwargs["customer_pk"],
            factor_key=self.kwargs["key"],
            by=self.request.user,
        )
        if found is None:
            raise Http404
        return found

    def get_title(self) -> Any:
        """The factor and the customer."""
        return f"{self.cell.customer.name}: {factor_name(self.cell.column.key, self.cell.column.name)}"

    def get_initial(self) -> dict[str, Any]:
        """What was agreed so far."""
        agreed = self.cell.agreed
        return {"score": agreed.score, "note": agreed.note} if agreed else {}

    def get_version(self) -> int:
        """The agreement's own; 0 before there is one."""
        return self.cell.agreed.version if self.cell.agreed else 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The cell beside the form."""
        may_agree = permissions.can_lead(self.request.user, self.round) and self.round.state == "released"
        return super().get_context_data(**kwargs) | {"cell": self.cell, "round": self.round, "may_agree": may_agree}

    def perform(self, form: Any) -> Consensus:
        """Call the service."""
        return agreement.agree(
            round_id=self.kwargs["pk"],
            customer_id=self.kwargs["customer_pk"],
            factor_key=self.kwargs["key"],
            version=self.posted_version(),
            by=self.request.user,
            **form.cleaned_data,
        )

    def get_done_url(self, result: Any) -> str:
        """The round."""
        return self.round_url()

    def get_cancel_url(self) -> str:
        """The round."""
        return self.round_url()

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """List and round."""
        return self.round_crumbs()
