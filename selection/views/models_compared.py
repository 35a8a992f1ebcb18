"""Pages of the other models: dependence, profit and loyalty, tiers, and where the models disagree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.querysets import visible_customers
from kcrm.lib import formats
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.calculations.dependence import Dependence, SupplierView, purchase_category, supplier_view
from selection.calculations.model_conflicts import Stance
from selection.calculations.tiers import TierCuts
from selection.filters import ScoredFilter, segments
from selection.models.scores import TierChoice
from selection.selectors.dependences import DependencePoint, dependence_matrix
from selection.selectors.loyalty import conflicts_of, loyalty_matrix
from selection.selectors.tiers import NO_SEGMENT, cuts_in_force, tier_preview
from selection.services.tiers import apply_cuts
from selection.views.matrix import ScorePage
from selection.views.pictures import dependence_chart, loyalty_chart
from selection.words import (
    CATEGORY_WORDS,
    DEPENDENCE_ADVICE,
    DEPENDENCE_WORDS,
    LOYALTY_ADVICE,
    LOYALTY_WORDS,
    SUPPLIER_VIEW_WORDS,
    verdict_words,
)


class NarrowedPage(ScorePage):
    """A page of customers that is narrowed as the other pictures are."""

    def filters(self) -> ScoredFilter:
        """The customers that the reader sees, by what the address asks for. Raises UnknownKey."""
        seen = visible_customers(self.request.user, "score")
        return ScoredFilter(self.request.GET, seen, request=self.request)


class DependenceMatrix(NarrowedPage):
    """Who needs whom?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The picture with its mirrors, and the table."""
        self.require_scores()
        filters = self.filters()
        counts, points, total = dependence_matrix(request.user, within=filters.qs)
        captive = counts.get(Dependence.CAPTIVE_SUPPLIER, 0)
        text = ngettext(
            "We need %(count)s customer more than it needs us.",
            "We need %(count)s customers more than they need us.",
            captive,
        )
        context = {
            "filters": filters,
            "chart": dependence_chart(points),
            "tiles": [(DEPENDENCE_WORDS[one], counts.get(one, 0), DEPENDENCE_ADVICE[one]) for one in Dependence],
            "rows": [(point, *mirrors_of(point)) for point in points],
            "hidden": total - len(points),
            "answer": text % {"count": formats.number(captive)} if total else _("Nobody has said yet who needs whom."),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/dependence.html", context)


class LoyaltyMatrixPage(NarrowedPage):
    """Who brings money, and who stays?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The picture, the counts, what stands in for the contribution, and the table."""
        self.require_scores()
        filters = self.filters()
        matrix = loyalty_matrix(request.user, today=timezone.localdate(), within=filters.qs)
        context = {
            "filters": filters,
            "matrix": matrix,
            "chart": loyalty_chart(matrix),
            "tiles": [
                (
                    LOYALTY_WORDS[field],
                    count,
                    f"{formats.money(current, settings.KCRM_REPORTING_CURRENCY, 0)} · {LOYALTY_ADVICE[field]}",
                )
                for field, count, current in matrix.counts
            ],
            "rows": [(point, LOYALTY_WORDS[point.field]) for point in matrix.points],
            "hidden": matrix.total - len(matrix.points),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/loyalty.html", context)


class CutsForm(forms.Form):
    """Where the tiers are cut, in percent of the customers."""

    key = forms.DecimalField(
        label=gettext_lazy("Key tier, percent of customers"), min_value=0, max_value=100, decimal_places=2
    )
    potential = forms.DecimalField(
        label=gettext_lazy("Key and potential tiers together, percent"), min_value=0, max_value=100, decimal_places=2
    )

    segment = forms.ChoiceField(
        label=gettext_lazy("Effect shown for"),
        required=False,
        help_text=gettext_lazy("Tiers are cut over all customers; this only chooses whom the tables show."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(one.pk), one.name) for one in segments(request)]
        everybody = [("", _("all customers")), *known, (NO_SEGMENT, _("no segment"))]
        self.fields["segment"].choices = everybody if known else everybody[:1]  # type: ignore[attr-defined]  # a choice

    def clean(self) -> dict[str, Any]:
        """The cuts in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not 0 < cleaned["key"] < cleaned["potential"] < 100:
            raise forms.ValidationError(_("The key tier ends before the potential one, and both before 100 %."))
        return cleaned

    def shares(self) -> tuple[Decimal, Decimal]:
        """The cuts as shares."""
        return self.cleaned_data["key"] / 100, self.cleaned_data["potential"] / 100


class Tiers(ScorePage):
    """Where are the tiers cut, and what would other cuts do?"""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The cuts, and the effect of those in the query before anybody applies them."""
        self.require_scores()
        if not permissions.can_preview_tiers(request.user):
            raise NotAllowed("score", Verb.READ)
        force = cuts_in_force()
        initial = {"key": round(force.key * 100, 2), "potential": round(force.potential * 100, 2)}
        form = CutsForm(initial | request.GET.dict(), request=request)
        return self._answer(form, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Apply the cuts."""
        self.require_scores()
        if not permissions.can_edit_models(request.user):
            raise NotAllowed("scoring_model", Verb.UPDATE)
        form = CutsForm(request.POST, request=request)
        if not form.is_valid():
            return self._answer(form, 422)
        key, potential = form.shares()
        try:
            moved = apply_cuts(key_share=key, potential_share=potential, by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
            return self._answer(form, 422)
        text = ngettext("%(count)s customer has another tier now.", "%(count)s customers have another tier now.", moved)
        messages.success(request, text % {"count": formats.number(moved)})
        return redirect("selection:tiers")

    def _answer(self, form: CutsForm, status: int) -> HttpResponse:
        cuts = TierCuts(*map(float, form.shares())) if form.is_valid() else cuts_in_force()
        chosen = form.cleaned_data.get("segment", "") if form.is_valid() else ""
        context = {
            "form": form,
            "preview": tier_preview(cuts, segment=chosen, day=timezone.localdate()),
            "chosen": dict(form.fields["segment"].choices).get(chosen, "") if chosen else "",  # type: ignore[attr-defined]
            "force": cuts_in_force(),
            "is_other": cuts != cuts_in_force(),
            "labels": dict(TierChoice.choices),
            "may_edit": permissions.can_edit_models(self.request.user),
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(self.request, "selection/tiers.html", context, status=status)


class Conflicts(NarrowedPage):
    """Where do the models disagree?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Every verdict side by side; never one number."""
        self.require_scores()
        filters = self.filters()
        count, rows = conflicts_of(request.user, today=timezone.localdate(), within=filters.qs)
        text = ngettext(
            "The models disagree about %(count)s customer.", "The models disagree about %(count)s customers.", count
        )
        context = {
            "filters": filters,
            "rows": [(row, verdict_words(row.view)) for row in rows],
            "hidden": count - len(rows),
            "may_preview_tiers": permissions.can_preview_tiers(request.user),
            "answer": text % {"count": formats.number(count)}
            if count
            else _("The models do not contradict each other."),
            "stances": {stance.value: stance for stance in Stance},
            "currency": settings.KCRM_REPORTING_CURRENCY,
        }
        return render(request, "selection/conflicts.html", context)


def mirrors_of(point: DependencePoint) -> tuple[str, str, str]:
    """The position, where our goods sit in its portfolio, and what it is to us, in words."""
    category = purchase_category(profit_impact=point.profit_impact, supply_risk=point.supply_risk)
    attractive = None if point.index is None else 1 + 4 * float(point.index) / 100
    seen: SupplierView | None = supplier_view(attractiveness=attractive, relative_value=point.money)
    return (
        str(DEPENDENCE_WORDS[point.position]),
        str(CATEGORY_WORDS[category]) if category else "",
        str(SUPPLIER_VIEW_WORDS[seen]) if seen else "",
    )
