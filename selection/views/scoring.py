"""Pages of scoring: the models, and a customer's score opened to its inputs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import visible_customers
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import ActView, FormPage, Page
from selection import permissions
from selection.models import ModelFactor, Rating, ScoringModel
from selection.selectors.editions import change_of
from selection.selectors.explanations import explanation_of, freshness_of
from selection.selectors.models import model_page, model_rows
from selection.services.ratings import rate_customer
from selection.services.runs import request_scoring
from selection.views.segments import place_context
from selection.words import EVIDENCE_HELP, factor_name


class ModelList(Page):
    """Which rules decide who is key?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The editions of factor sets, the one in force first."""
        context = {
            "models": model_rows(request.user),
            "may_run": permissions.can_run_scoring(request.user),
            "may_edit": permissions.can_edit_models(request.user),
        }
        return render(request, "selection/model_list.html", context)


class ModelDetail(Page):
    """What counts in this model, and how much?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The factors with their weights, scales and checks, and the runs so far."""
        seen = ScoringModel.objects.visible_to(request.user).select_related("segment", "asked_by", "decided_by")
        model, user = seen.get(pk=pk), request.user
        may_approve = model.state == ScoringModel.State.ASKED and permissions.can_approve_models(user)
        context = {
            "page": model_page(model),
            "change": change_of(model),
            "may_approve": may_approve,
            "is_own": may_approve and user.pk in {model.written_by_id, model.asked_by_id},
            "may_edit": permissions.can_edit_models(user),
            "may_read_scores": permissions.can_read_some_scores(user),
            "may_run": permissions.can_run_scoring(user) and model.state == ScoringModel.State.ACTIVE,
        }
        return render(request, "selection/model_detail.html", context)


class RunScoring(ActView):
    """Score all customers, or those of one model."""

    def perform(self) -> Any:
        """Call the service."""
        model = self.request.POST.get("model", "")
        return request_scoring(model_id=int(model) if model.isdecimal() else None, by=self.request.user)

    def get_done_url(self, result: Any) -> str:
        """The job's progress."""
        return reverse("jobs:job-detail", args=[result.pk]) if result else reverse("selection:model-list")


class CustomerScore(Page):
    """Why does this customer score as it does?"""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The score opened: figures, weights, raters, trail; as a fragment inside the customer's page."""
        customer = visible_customers(request.user, "score").select_related("org_unit").get(pk=pk)
        explanation = explanation_of(customer, by=request.user, today=timezone.localdate())
        context = {
            "customer": customer,
            "explanation": explanation,
            "freshness": freshness_of(explanation, today=timezone.localdate()),
            "may_rate": permissions.can_rate(request.user, customer),
        } | place_context(request.user, customer)
        template = "selection/_customer_score.html" if is_fragment(request) else "selection/customer_score.html"
        answer = render(request, template, context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer


class RatingForm(forms.Form):
    """One's own score of a customer on one factor."""

    score = forms.DecimalField(
        label=_("Score, 1 to 10"),
        min_value=Decimal(1),
        max_value=Decimal(10),
        max_digits=4,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Rating.Evidence.choices)
    note = forms.CharField(
        label=_("Why"), help_text=EVIDENCE_HELP, required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


class RateCustomer(FormPage):
    """Rate a customer on a judged factor."""

    form_class = RatingForm
    submit_label = _("Save rating")
    done_message = _("Your rating is kept. It counts from the next scoring on.")

    def get_customer(self) -> Customer:
        """The customer, if the reader may see it. Raises NotAllowed for who sees it and may not rate it."""
        seen = visible_customers(self.request.user, "score").select_related("org_unit")
        customer: Customer = seen.get(pk=self.kwargs["pk"])
        if not permissions.can_rate(self.request.user, customer):
            raise NotAllowed("score_sheet", Verb.CREATE)
        return customer

    def get_factor(self) -> ModelFactor:
        """The factor."""
        return get_object_or_404(ModelFactor, pk=self.kwargs["factor_pk"], kind=ModelFactor.Kind.JUDGED)

    def get_title(self) -> Any:
        """The factor and the customer."""
        factor = self.get_factor()
        return f"{self.get_customer()}: {factor_name(factor.key, factor.name)}"

    def get_initial(self) -> dict[str, Any]:
        """One's own rating so far."""
        own = Rating.objects.filter(
            factor=self.get_factor(), customer=self.get_customer(), rater=self.request.user
        ).first()
        return {"score": own.score, "evidence": own.evidence, "note": own.note} if own else {}

    def perform(self, form: Any) -> Rating:
        """Call the service."""
        return rate_customer(
            customer_id=self.kwargs["pk"],
            factor_id=self.kwargs["factor_pk"],
            rated_on=timezone.localdate(),
            by=self.request.user,
            **form.cleaned_data,
        )

    def get_done_url(self, result: Any) -> str:
        """The customer's score."""
        return reverse("selection:customer-score", args=[self.kwargs["pk"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)
