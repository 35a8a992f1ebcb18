"""Pages of one relationship: its sums, and the forms behind them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import FormPage, Page
from selection import permissions
from selection.calculations.bonds import LEVEL_OF_BOND, BondKind
from selection.calculations.dependence import purchase_category
from selection.calculations.nine_cell import cell_of
from selection.forms.relationships import (
    BondsForm,
    DependenceForm,
    QualityForm,
    StageForm,
    SwitchingForm,
    bonds_initial,
    quality_initial,
)
from selection.models import (
    Bond,
    CurrentScore,
    DependenceAssessment,
    QualityResponse,
    Relationship,
    SideChoice,
    StageAssessment,
    StageChoice,
)
from selection.selectors.relationships import RelationshipPage, relationship_page
from selection.services import relationships
from selection.views.strengths import ViewMixin
from selection.words import (
    BOND_ANSWERS,
    CATEGORY_WORDS,
    COST_NAMES,
    DEPENDENCE_ADVICE,
    DEPENDENCE_WORDS,
    DIMENSION_NAMES,
    LEVEL_NAMES,
    PART_NAMES,
    STAGE_QUESTIONS,
    STRATEGY_WORDS,
)


class CustomerRelationship(ViewMixin, Page):
    """How close are we to this customer, what ties us, and who needs whom?"""

    def get(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """The status opened to bonds, stage, quality and dependence; as a fragment inside the customer's page."""
        page = relationship_page(self.customer, by=request.user, today=timezone.localdate())
        score = CurrentScore.objects.filter(customer=self.customer).first()
        placed = score is not None and score.rank is not None and score.index is not None
        status = None if page.figures.status.provisional else page.figures.status.index
        cell = cell_of(float(score.index) if placed and score and score.index is not None else None, status)
        context = {
            "customer": self.customer,
            "page": page,
            "may_rate": permissions.can_rate(request.user, self.customer),
            "currency": settings.KCRM_REPORTING_CURRENCY,
            "score": score,
            "strategy": STRATEGY_WORDS[cell.strategy] if cell else "",
        } | words_of(page)
        alone = "selection/customer_relationship.html"
        template = "selection/_customer_relationship.html" if is_fragment(request) else alone
        answer = render(request, template, context)
        patch_vary_headers(answer, ("HX-Request",))
        return answer


class RelationshipForm(ViewMixin, FormPage):
    """A form about one relationship."""

    done_message = gettext_lazy("Saved.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        self.require_rating()
        return super().get(request, *args, **kwargs)

    @cached_property
    def stored(self) -> Relationship | None:
        """The head of the relationship; None before anything is written down."""
        return Relationship.objects.filter(customer=self.customer).first()

    def get_version(self) -> int | None:
        """The stored version, 0 for none."""
        return self.stored.version if self.stored else 0

    def get_done_url(self, result: Any) -> str:
        """The relationship."""
        return reverse("selection:customer-relationship", args=[self.kwargs["customer_id"]])

    def get_cancel_url(self) -> str:
        """The same."""
        return self.get_done_url(None)

    def get_crumbs(self) -> list[tuple[Any, str]]:
        """The customer, its relationship."""
        detail = reverse("customers:customer-detail", args=[self.customer.pk])
        return [(self.customer.name, detail), (_("Relationship"), self.get_done_url(None))]

    def common(self) -> dict[str, Any]:
        """What every service takes."""
        return {
            "customer_id": self.kwargs["customer_id"],
            "by": self.request.user,
            "today": timezone.localdate(),
        }


class BondsUpdate(RelationshipForm):
    """Assess what ties us."""

    form_class = BondsForm
    title = gettext_lazy("What ties us?")

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return bonds_initial(Bond.objects.filter(customer=self.customer))

    def perform(self, form: Any) -> Relationship:
        """Call the service."""
        return relationships.set_bonds(bonds=form.values(), version=self.posted_version(), **self.common())


class SwitchingUpdate(RelationshipForm):
    """Say what leaving would cost."""

    form_class = SwitchingForm
    title = gettext_lazy("What would leaving cost the customer?")

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        return (
            {name: getattr(self.stored, name) for name in (*map(str, COST_NAMES), "locked_in", "note")}
            if self.stored
            else {}
        )

    def perform(self, form: Any) -> Relationship:
        """Call the service."""
        return relationships.set_switching_cost(
            costs=form.costs(),
            locked_in=form.cleaned_data["locked_in"],
            note=form.cleaned_data["note"],
            version=self.posted_version(),
            **self.common(),
        )


class SideForm(RelationshipForm):
    """A form about what one side thinks, which the address names."""

    @cached_property
    def side(self) -> str:
        """Whose view it is."""
        if self.kwargs["side"] not in SideChoice.values:
            raise Http404
        return str(self.kwargs["side"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whom one can name."""
        return super().get_form_kwargs() | {"side": self.side, "contacts": self.contacts()}

    def get_version(self) -> None:
        """Answers replace one another; nothing can be stale."""


class StageUpdate(SideForm):
    """Answer the six questions on the stage."""

    form_class = StageForm

    def get_title(self) -> str:
        """Whose view."""
        return _("Stage of the relationship: %(side)s") % {"side": SideChoice(self.side).label}

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        row = StageAssessment.objects.filter(customer=self.customer, side=self.side).first()
        return {**row.answers, "note": row.note, "said_by": row.said_by_id} if row else {}

    def perform(self, form: Any) -> StageAssessment:
        """Call the service."""
        return relationships.assess_stage(
            side=self.side,
            answers=form.answers(),
            said_by_id=form.said_by_id(),
            note=form.cleaned_data["note"],
            **self.common(),
        )


class QualityUpdate(SideForm):
    """Answer the statements on quality: for oneself, or for a contact who was asked."""

    form_class = QualityForm
    intro = gettext_lazy("1 not at all, 7 fully. One answer a respondent: a second one replaces the first.")

    def get_title(self) -> str:
        """Whose view."""
        return _("Quality of the relationship: %(side)s") % {"side": SideChoice(self.side).label}

    def get_initial(self) -> dict[str, Any]:
        """One's own answers as stored."""
        if self.side != SideChoice.US:
            return {}
        row = QualityResponse.objects.filter(
            customer=self.customer, side=self.side, assessed_by=self.request.user
        ).first()
        return quality_initial(row.answers) if row else {}

    def perform(self, form: Any) -> QualityResponse:
        """Call the service."""
        return relationships.answer_quality(
            side=self.side, answers=form.answers(), said_by_id=form.said_by_id(), **self.common()
        )


class DependenceUpdate(RelationshipForm):
    """Say who needs whom."""

    form_class = DependenceForm
    title = gettext_lazy("Who needs whom?")
    intro = gettext_lazy("1 not at all, 5 entirely.")

    def get_initial(self) -> dict[str, Any]:
        """As it is stored."""
        row = DependenceAssessment.objects.filter(customer=self.customer).first()
        if row is None:
            return {}
        return {**row.answers, **{name: getattr(row, name) for name in ("profit_impact", "supply_risk", "note")}}

    def get_version(self) -> None:
        """Answers replace one another; nothing can be stale."""

    def perform(self, form: Any) -> DependenceAssessment:
        """Call the service."""
        cleaned = form.cleaned_data
        return relationships.assess_dependence(
            answers=form.answers(),
            profit_impact=cleaned["profit_impact"],
            supply_risk=cleaned["supply_risk"],
            note=cleaned["note"],
            **self.common(),
        )


def words_of(page: RelationshipPage) -> dict[str, Any]:
    """The page's codes in words, line by line."""
    figures, strengths = page.figures, dict(BOND_ANSWERS)
    stages = dict(StageChoice.choices)
    assessed = page.dependence
    category = (
        purchase_category(profit_impact=assessed.profit_impact, supply_risk=assessed.supply_risk) if assessed else None
    )
    items = [(COST_NAMES[item], getattr(page.head, item.value) if page.head else None) for item in COST_NAMES]
    return {
        "parts": [(PART_NAMES[part.part], part) for part in figures.status.parts],
        "bonds": [
            (
                Bond.Kind(kind).label,
                LEVEL_NAMES[LEVEL_OF_BOND[BondKind(kind)]],
                page.bonds.get(kind),
                strengths[page.bonds[kind].score] if kind in page.bonds else "",
            )
            for kind in Bond.Kind.values
        ],
        "levels": [(LEVEL_NAMES[level], index) for level, index in figures.bonds.levels],
        "costs": items,
        "stage_sides": [
            {
                "code": side,
                "label": SideChoice(side).label,
                "found": figures.stages[side],
                "stage": stages.get(figures.stages[side].stage or "", ""),
                "row": page.stages.get(side),
            }
            for side in SideChoice.values
        ],
        "stage_lines": [
            (question, [dict(figures.stages[side].answers)[code] for side in SideChoice.values])  # type: ignore[index]  # by item
            for code, question in STAGE_QUESTIONS.items()
        ],
        "quality_sides": [
            {"code": side, "label": SideChoice(side).label, "found": figures.quality[side]}
            for side in SideChoice.values
        ],
        "quality_lines": [
            (
                DIMENSION_NAMES[dimension],
                [dict(figures.quality[side].dimensions)[dimension] for side in SideChoice.values],
            )
            for dimension, _value in figures.quality[SideChoice.US].dimensions
        ],
        "dependence_word": DEPENDENCE_WORDS.get(figures.dependence.position or "", ""),
        "dependence_advice": DEPENDENCE_ADVICE.get(figures.dependence.position or "", ""),
        "category_word": CATEGORY_WORDS.get(category or "", ""),
        "stage_apart": abs(figures.stage_gap.stages or 0),
    }
