"""Pages that make scoring models: factors, weights, and what they would give."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.web import ActView, Page
from selection import permissions
from selection.calculations.paired_comparison import PairedWeights, paired_weights
from selection.charts import histogram, rank_chart
from selection.forms.models import TIMES, FactorSet, ModelForm, initial_of, judgements_of, pairs_of
from selection.models import ScoringModel
from selection.selectors.distributions import checks_of, distribution_of
from selection.selectors.stability import stability_of
from selection.services import models as services
from selection.words import factor_name


class EditedModel(Page):
    """A page for who makes models."""

    def editable(self, pk: int) -> ScoringModel:
        """The model. Raises DoesNotExist out of sight, NotAllowed for who only reads models."""
        found: ScoringModel = ScoringModel.objects.visible_to(self.request.user).get(pk=pk)
        if not permissions.can_edit_models(self.request.user):
            raise NotAllowed("scoring_model", Verb.UPDATE)
        return found


class ModelCreate(Page):
    """Begin a factor set."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in who makes models."""
        if not permissions.can_edit_models(request.user):
            raise NotAllowed("scoring_model", Verb.CREATE)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty set."""
        return self._form(ModelForm(initial={"segment": request.GET.get("segment")}), FactorSet(prefix="factors"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the draft, or show what one row gives."""
        form, factors = ModelForm(request.POST), FactorSet(request.POST, prefix="factors")
        if "preview" in request.POST:
            return self._form(form, factors, preview=preview_of(factors, request.POST["preview"]))
        if form.is_valid() and factors.is_valid():
            try:
                given = dict(form.cleaned_data)
                segment = given.pop("segment")
                made = services.create_model(
                    **given, segment_id=segment and segment.pk, factors=factors.factors(), by=request.user
                )
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The draft is kept."))
                return HttpResponseRedirect(reverse("selection:model-detail", args=[made.pk]))
        return self._form(form, factors, status=422)

    def _form(self, form: Any, factors: Any, *, preview: Any = None, status: int = 200) -> HttpResponse:
        context = {"form": form, "factors": factors, "preview": preview}
        return render(self.request, "selection/model_form.html", context, status=status)


class ModelEdit(EditedModel):
    """Change a draft."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The factors as they are."""
        model = self.editable(pk)
        factors = FactorSet(initial=[initial_of(factor) for factor in model.factors.all()], prefix="factors")
        return self._form(model, factors)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the factors, or show what one row gives."""
        model = self.editable(pk)
        factors = FactorSet(
            request.POST, initial=[initial_of(factor) for factor in model.factors.all()], prefix="factors"
        )
        if "preview" in request.POST:
            return self._form(model, factors, preview=preview_of(factors, request.POST["preview"]))
        problem = ""
        if factors.is_valid():
            try:
                services.change_factors(
                    model_id=pk, version=self.posted_version(), factors=factors.factors(), by=request.user
                )
            except DomainError as error:
                problem = str(error)
            else:
                messages.success(request, _("The draft is kept."))
                return HttpResponseRedirect(reverse("selection:model-detail", args=[pk]))
        return self._form(model, factors, problem=problem, status=422)

    def _form(
        self, model: ScoringModel, factors: Any, *, preview: Any = None, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {"model": model, "factors": factors, "preview": preview, "problem": problem}
        return render(self.request, "selection/model_form.html", context, status=status)


def preview_of(factors: Any, number: str) -> Any:
    """The histogram of one typed row; None for a row that measures nothing yet."""
    forms = factors.forms
    form = forms[int(number)] if number.isdigit() and int(number) < len(forms) else None
    if form is None:
        return None
    form.is_valid()
    given = form.cleaned_data
    if not given.get("metric") or "scale" not in given:
        return None
    return histogram(distribution_of(given["metric"], given["scale"]), name=given.get("name") or given["metric"])


class ModelNext(ActView):
    """Make the next edition from this one."""

    done_message = gettext_lazy("The next edition is a draft. Nothing changes until it is put into force.")

    def perform(self) -> ScoringModel:
        """Call the service."""
        return services.next_edition(model_id=self.kwargs["pk"], by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """The draft."""
        return reverse("selection:model-detail", args=[result.pk if result else self.kwargs["pk"]])


class ModelWeights(EditedModel):
    """Which of two factors counts more, and how much more?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pairs as they were compared last."""
        model = self.editable(pk)
        return self._page(model, {f"{one}--{two}": times for one, two, times in model.comparisons})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Work the weights out; keep them with `apply`."""
        model = self.editable(pk)
        keys = [factor.key for factor in model.factors.all()]
        chosen = {f"{one}--{two}": request.POST.get(f"{one}--{two}", "") for one, two in pairs_of(keys)}
        if "apply" in request.POST:
            try:
                services.weigh_by_pairs(
                    model_id=pk,
                    version=self.posted_version(),
                    judgements=judgements_of(chosen, keys),
                    comparisons=[[*name.split("--"), text] for name, text in chosen.items() if text],
                    by=request.user,
                )
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("The weights are kept."))
                return HttpResponseRedirect(reverse("selection:model-detail", args=[pk]))
        return self._page(model, chosen)

    def _page(self, model: ScoringModel, chosen: dict[str, str]) -> HttpResponse:
        factors = list(model.factors.all())
        names = {factor.key: factor_name(factor.key, factor.name) for factor in factors}
        found: PairedWeights = paired_weights(list(names), judgements_of(chosen, names))
        wins = dict(found.wins or ())
        context = {
            "model": model,
            "pairs": [
                (f"{one}--{two}", names[one], names[two], chosen.get(f"{one}--{two}", ""))
                for one, two in pairs_of(names)
            ],
            "times": [text for text, _number in TIMES] + [f"1/{number}" for number in range(2, 10)],
            "found": found,
            "points": [(names[key], points, wins.get(key)) for key, points in (found.points or {}).items()],
            "circles": [[names[key] for key in circle] for circle in found.circles],
            "worst": found.worst
            and (names[found.worst.judgement.first], names[found.worst.judgement.second], found.worst),
            "is_draft": model.state == ScoringModel.State.DRAFT,
        }
        return render(self.request, "selection/model_weights.html", context)


class ModelChecks(Page):
    """Does each factor tell customers apart, and do two say the same?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Discrimination and overlap, each with its numbers."""
        model = ScoringModel.objects.visible_to(request.user).get(pk=pk)
        require_scores(request)
        return render(request, "selection/model_checks.html", {"model": model, "checks": checks_of(model)})


class ModelSensitivity(Page):
    """Would other weights, or other raters, have chosen other customers?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rank stability under other weights, equal weights and the raters' disagreement."""
        model = ScoringModel.objects.visible_to(request.user).get(pk=pk)
        require_scores(request)
        found = stability_of(model, by=request.user)
        context = {"model": model, "found": found, "chart": rank_chart(found) if found.rows else None}
        return render(request, "selection/model_sensitivity.html", context)


def require_scores(request: HttpRequest) -> None:
    """Raise NotAllowed for who may read models and no scores at all."""
    if not permissions.can_read_some_scores(request.user):
        raise NotAllowed("score", Verb.READ)
