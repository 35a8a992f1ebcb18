"""Scoring rounds as their pages show them: how far everybody is, and after the release where people disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from selection.calculations.raters import RaterSpread, rater_spread
from selection.calculations.raters import Rating as Opinion
from selection.calculations.samples import SMALLEST_FOR_MEDIAN
from selection.calculations.scoring import Factor, weighted_score
from selection.models import Consensus, RoundRater, ScoringModel, ScoringRound, SheetScore
from selection.selectors.sheets import Column, candidates_of, columns_of, measured_scores


@dataclass(frozen=True, slots=True)
class RaterProgress:
    """How many cells a rater has answered, "don't know" included; never what stands in them."""

    rater: RoundRater
    answered: int
    cells: int

    @property
    def share(self) -> float | None:
        """The share answered, 0-1; None of nothing."""
        return self.answered / self.cells if self.cells else None

    @property
    def done(self) -> bool:
        """Whether no cell is empty."""
        return self.answered >= self.cells


@dataclass(frozen=True, slots=True)
class PanelCell:
    """All raters' scores of one cell, opened after the release. `score` is what counts: agreed, else the mean."""

    column: Column
    customer: Customer
    spread: RaterSpread
    unknown: int
    given: Sequence[SheetScore]
    agreed: Consensus | None

    @property
    def score(self) -> float | None:
        """What counts."""
        return float(self.agreed.score) if self.agreed else self.spread.mean

    @property
    def level(self) -> str:
        """How far the raters are apart: agreed, wide, some, close, none."""
        if self.agreed:
            return "agreed"
        if self.spread.discuss:
            return "wide"
        if not self.spread.range:
            return "none" if self.spread.range is None else "close"
        return "some" if self.spread.range >= 2 else "close"


@dataclass(frozen=True, slots=True)
class PanelRow:
    """A customer with everybody's cells and the score that comes of them."""

    customer: Customer
    cells: Sequence[PanelCell]
    score: float | None


@dataclass(frozen=True, slots=True)
class RoundPage:
    """What the page of a round shows; `panel` is empty while the round is blind."""

    round: ScoringRound
    progress: Sequence[RaterProgress]
    customers: Sequence[Customer]
    columns: Sequence[Column]
    panel: Sequence[PanelRow]
    editions: Sequence[ScoringModel]

    @property
    def finished(self) -> int:
        """How many of the raters are through."""
        return sum(one.done for one in self.progress if one.rater.left_on is None)

    @property
    def expected(self) -> int:
        """How many raters are still in the round."""
        return sum(one.rater.left_on is None for one in self.progress)

    @property
    def to_discuss(self) -> int:
        """How many cells want a talk before anybody averages."""
        return sum(cell.level == "wide" for row in self.panel for cell in row.cells)

    @property
    def few(self) -> bool:
        """Whether there are too few customers for a median or a place among others (A9)."""
        return len(self.customers) < SMALLEST_FOR_MEDIAN


def round_rows(user: User) -> QuerySet[ScoringRound]:
    """The rounds that the user may see, those being scored first, with their counts."""
    rows: QuerySet[ScoringRound] = (
        ScoringRound.objects.visible_to(user)
        .select_related("model", "chair")
        .annotate(
            customer_count=Count("candidates", distinct=True),
            rater_count=Count("raters", filter=Q(raters__left_on=None), distinct=True),
        )
    )
    return rows.order_by(F("released_at").asc(nulls_first=True), "due_on", "pk")


def progress_of(found: ScoringRound, columns: Sequence[Column], customers: Sequence[Customer]) -> list[RaterProgress]:
    """How far each rater is, in two statements."""
    keys = [column.key for column in columns if column.judged]
    answered = dict(
        SheetScore.objects.filter(round=found, factor_key__in=keys, customer__in=customers)
        .filter(Q(score__isnull=False) | Q(unknown=True))
        .order_by()
        .values_list("rater_id")
        .annotate(count=Count("pk"))
    )
    seats = found.raters.select_related("user").order_by("user__full_name", "pk")
    return [RaterProgress(seat, answered.get(seat.user_id, 0), len(keys) * len(customers)) for seat in seats]


def round_page(found: ScoringRound, *, by: User) -> RoundPage:
    """The page of a round. Other people's scores are read only once the round is released."""
    columns = columns_of(list(found.model.factors.all()))
    customers = candidates_of(found)
    judged = [column for column in columns if column.judged]
    panel = [] if found.is_blind else _panel(found, columns, customers, by)
    editions = ScoringModel.objects.filter(name=found.model.name, edition__gt=found.model.edition).order_by("-edition")
    return RoundPage(found, progress_of(found, columns, customers), customers, judged, panel, list(editions))


def panel_cell(found: ScoringRound, *, customer_id: int, factor_key: str, by: User) -> PanelCell | None:
    """One cell of a released round with everybody's scores; None where the round does not score that."""
    columns = [one for one in columns_of(list(found.model.factors.all())) if one.key == factor_key and one.judged]
    customers = [one for one in candidates_of(found) if one.pk == customer_id]
    rows = _panel(found, columns, customers, by) if columns and not found.is_blind else []
    return rows[0].cells[0] if rows else None


def _panel(found: ScoringRound, columns: Sequence[Column], customers: Sequence[Customer], by: User) -> list[PanelRow]:
    given: dict[tuple[int, str], list[SheetScore]] = {}
    rounds = ScoringRound.objects.filter(pk=found.pk)
    cells = SheetScore.objects.readable_by(by, rounds).select_related("rater").order_by("rater__full_name", "pk")
    for cell in cells:
        given.setdefault((cell.customer_id, cell.factor_key), []).append(cell)
    agreed = {(row.customer_id, row.factor_key): row for row in found.agreed.select_related("agreed_by")}
    measured = measured_scores([customer.pk for customer in customers])
    rows = []
    for customer in customers:
        panel = [
            _panel_cell(column, customer, given.get(place, []), agreed.get(place))
            for column in columns
            if column.judged and (place := (customer.pk, column.key))
        ]
        scores = dict(measured.get(customer.pk, {})) | {cell.column.key: cell.score for cell in panel}
        factors = [Factor(column.key, column.weight) for column in columns]
        result = weighted_score(factors, {column.key: scores.get(column.key) for column in columns})
        rows.append(PanelRow(customer, panel, result.score))
    return rows


def _panel_cell(column: Column, customer: Customer, given: Sequence[SheetScore], agreed: Consensus | None) -> PanelCell:
    spread = rater_spread(
        Opinion(str(cell.rater_id), column.key, None if cell.score is None else float(cell.score)) for cell in given
    )
    shown = [cell for cell in given if cell.score is not None or cell.unknown or cell.note]
    return PanelCell(column, customer, spread, sum(cell.unknown for cell in given), shown, agreed)


def unfinished_raters(now: datetime) -> Iterator[RoundRater]:
    """Raters with empty cells in rounds that end within three days or ended within two weeks, for reminders."""
    today = timezone.localdate(now)
    near = ScoringRound.objects.being_scored().filter(
        due_on__range=(today - timedelta(days=14), today + timedelta(days=3))
    )
    for found in near.select_related("model"):
        columns = columns_of(list(found.model.factors.all()))
        for one in progress_of(found, columns, candidates_of(found)):
            if one.rater.left_on is None and not one.done and one.rater.user.is_active:
                one.rater.round = found
                yield one.rater
