"""The list of decisions that have to be looked at again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from customers.lists.customers import OWNER
from customers.selectors.customers import exportable_customers, may_export_customers
from kcrm.lib import formats
from kcrm.lib.tables import Cell, Column, EmptyState, Kind, ListSpec
from selection.calculations.quadrants import Quadrant
from selection.filters import ScoredFilter
from selection.models import ClassChoice
from selection.review_words import REVIEW_REASONS, review_words
from selection.selectors.reviews import decided_accounts, managed_by, managers_of, reviews_due
from selection.words import QUADRANT_NAMES

ARROW: Final = " → "
FORMER: Final = {
    "then_score": _("Attractiveness when decided"),
    "then_gap": _("Lead when decided"),
    "then_quadrant": _("Quadrant when decided"),
}


def managers(request: HttpRequest | None) -> QuerySet[User]:
    """The account managers of decided customers to choose from."""
    if request is None:
        return User.objects.none()
    return managers_of(decided_accounts(request.user), today=timezone.localdate())  # type: ignore[arg-type]  # signed in


class ReviewFilter(ScoredFilter):
    """Decided customers by what calls for another look, by class and by account manager."""

    ids = tier = country = None

    reason = django_filters.MultipleChoiceFilter(
        label=_("Reason"),
        choices=[(code.value, label) for code, label in REVIEW_REASONS.items()],
        method="by_reason",
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Class"), choices=ClassChoice.choices, field_name="classification__kind"
    )
    manager = django_filters.ModelChoiceFilter(label=_("Account manager"), queryset=managers, method="of_manager")

    def by_reason(self, rows: Any, name: str, value: list[str]) -> Any:
        """Those with at least one of these reasons."""
        return rows.filter(reasons__overlap=value) if value else rows

    def of_manager(self, rows: Any, name: str, value: User) -> Any:
        """Those whose account this person owns."""
        return managed_by(rows, value, today=timezone.localdate())


def _figure(value: Decimal | None, *, signed: bool = False) -> str:
    return "–" if value is None else formats.number(value, 2, signed=signed)


def _quadrant(code: str | None) -> str:
    return str(QUADRANT_NAMES[Quadrant(code)]) if code else "–"


def _moved(name: str, url_name: str, draw: Callable[[Any], str]) -> Callable[[Any], Cell]:
    """Draws a figure then and now, once where it stayed, and leads to where it is opened."""

    def render(row: Any) -> Cell:
        then, now = draw(getattr(row, f"then_{name}")), draw(getattr(row, f"now_{name}"))
        return Cell(now if then == now else f"{then}{ARROW}{now}", href=reverse(url_name, args=[row.id]))

    return render


def _reasons(row: Any) -> str:
    return " · ".join(review_words(row.reasons))


def _decision(row: Any) -> Cell:
    address = reverse("selection:decision-detail", args=[row.classification__line__decision_id])
    return Cell(row.decision, href=address)


def _signed(value: Decimal | None) -> str:
    return _figure(value, signed=True)


REVIEWS = ListSpec(
    key="reviews-due",
    title=_("Reviews due"),
    columns=(
        Column("name", _("Customer"), sort="name_sort"),
        Column(
            "reasons", _("Why"), sort="reason_count", render=_reasons, export=_reasons, css="wrap",
        ),
        Column("kind", _("Class"), value="classification__kind", choices=dict(ClassChoice.choices)),
        Column(
            "attractiveness", _("Attractiveness"), value="now_score", sort="score_moved", kind=Kind.NUMBER, places=2,
            needs=("then_score", "now_score"), render=_moved("score", "selection:customer-score", _figure),
        ),
        Column(
            "gap", _("Lead in points"), value="now_gap", sort="gap_moved", kind=Kind.NUMBER, places=2,
            needs=("then_gap", "now_gap"), render=_moved("gap", "selection:customer-strength", _signed),
        ),
        Column(
            "quadrant", _("Quadrant"), value="now_quadrant", needs=("then_quadrant", "now_quadrant"),
            render=_moved("quadrant", "selection:customer-position", _quadrant),
            export=lambda row: _quadrant(row.quadrant),
        ),
        Column("decided_on", _("In force from"), value="classification__line__decision__effective_on", kind=Kind.DATE),
        OWNER,
        Column("then_score", FORMER["then_score"], kind=Kind.NUMBER, places=2, default=False),
        Column("then_gap", FORMER["then_gap"], kind=Kind.NUMBER, places=2, default=False),
        Column(
            "then_quadrant", FORMER["then_quadrant"], default=False, render=lambda row: _quadrant(row.then_quadrant),
            export=lambda row: _quadrant(row.then_quadrant),
        ),
        Column(
            "decision", _("Decision"), value="classification__line__decision__title", default=False,
            needs=("classification__line__decision_id",), render=_decision,
        ),
        Column(
            "override_until", _("Differs from the figures until"), value="classification__line__override_until",
            kind=Kind.DATE, default=False,
        ),
    ),
    queryset=lambda user: reviews_due(user, today=timezone.localdate()),
    default_sort="-reasons",
    filterset_class=ReviewFilter,
    url_name="selection:customer-position",
    noun=ngettext_lazy("%(shown)s customer", "%(shown)s customers", "count"),
    exportable=exportable_customers,
    may_export=may_export_customers,
    empty=EmptyState(
        heading=_("No decision has to be looked at again"),
        text=_(
            "A customer appears here once its figures have moved half a point since its decision, its development "
            "stalls, its exception runs out or a year has passed."
        ),
    ),
)  # fmt: skip
