"""Score sheets as their pages show them: customers down, factors across, one's own scores in the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from customers.models import Customer
from customers.querysets import visible_customers
from selection.calculations.scoring import Factor, ScoreResult, weighted_score
from selection.models import CurrentScore, ModelFactor, ScoringRound, SheetScore
from selection.words import factor_name


@dataclass(frozen=True, slots=True)
class Column:
    """A factor of the sheet. Measured ones are filled by figures and only read."""

    key: str
    name: str
    weight: float
    judged: bool
    anchors: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell: what stands in it as it is typed, under which version; `measured` is a measured factor's score."""

    column: Column
    text: str = ""
    version: int = 0
    evidence: str = ""
    source: str = ""
    note: str = ""
    measured: float | None = None

    @property
    def name(self) -> str:
        """The anchor word of the cell in a form."""
        return self.column.key


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A customer of the sheet; `open` says whether the rater may see more of it than its name."""

    customer: Customer
    open: bool
    cells: Sequence[SheetCell]
    result: ScoreResult

    @property
    def left(self) -> int:
        """How many judged cells are still empty."""
        return sum(cell.column.judged and not cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rater's sheet of a round."""

    round: ScoringRound
    columns: Sequence[Column]
    rows: Sequence[SheetRow]

    @property
    def left(self) -> int:
        """How many judged cells are still empty."""
        return sum(row.left for row in self.rows)

    @property
    def cells(self) -> int:
        """How many judged cells there are."""
        return len(self.rows) * sum(column.judged for column in self.columns)

    @property
    def closed(self) -> int:
        """Of how many customers the rater sees nothing but the name."""
        return sum(not row.open for row in self.rows)

    @property
    def next_open(self) -> SheetRow | None:
        """The first customer with an empty cell."""
        return next((row for row in self.rows if row.left), None)


def columns_of(model_factors: Sequence[ModelFactor]) -> list[Column]:
    """The factors of a model as columns."""
    return [
        Column(
            key=factor.key,
            name=factor_name(factor.key, factor.name),
            weight=float(factor.weight),
            judged=factor.kind == ModelFactor.Kind.JUDGED,
            anchors=sorted(factor.anchors.items(), key=lambda item: int(item[0])),
        )
        for factor in model_factors
    ]


def candidates_of(found: ScoringRound) -> list[Customer]:
    """The customers of a round that are not in the bin, by name."""
    rows = Customer.objects.alive().filter(round_place__round=found).order_by("name_sort", "pk")
    return list(rows)


def sheet_of(found: ScoringRound, *, rater: User) -> Sheet:
    """A rater's own sheet: in a handful of statements, however many customers it has.

    A measured factor shows the score of the newest scoring, to those who may see the customer's score.
    """
    columns = columns_of(list(found.model.factors.all()))
    customers = candidates_of(found)
    own = {(cell.customer_id, cell.factor_key): cell for cell in SheetScore.objects.filter(round=found, rater=rater)}
    readable = visible_customers(rater, "score").filter(pk__in=[one.pk for one in customers])
    seen = set(readable.values_list("pk", flat=True))
    measured = measured_scores(seen)
    rows = []
    for customer in customers:
        cells = [
            _cell(column, own.get((customer.pk, column.key)), measured.get(customer.pk, {}).get(column.key))
            for column in columns
        ]
        rows.append(SheetRow(customer, customer.pk in seen, cells, _result(cells)))
    return Sheet(found, columns, rows)


def measured_scores(customer_ids: Any) -> dict[int, dict[str, float | None]]:
    """{customer: {factor: score}} of the scores in force."""
    rows = CurrentScore.objects.filter(customer__in=customer_ids).values_list("customer_id", "source__explanation")
    return {pk: {part["key"]: part["score"] for part in parts} for pk, parts in rows}


def _cell(column: Column, stored: SheetScore | None, measured: float | None) -> SheetCell:
    if not column.judged:
        return SheetCell(column, measured=measured)
    if stored is None:
        return SheetCell(column)
    return SheetCell(column, stored.text, stored.version, stored.evidence, stored.source, stored.note)


def _result(cells: Sequence[SheetCell]) -> ScoreResult:
    factors = [Factor(cell.column.key, cell.column.weight) for cell in cells]
    scores: Mapping[str, float | None] = {
        cell.column.key: (float(cell.text) if cell.text not in {"", "?"} else None)
        if cell.column.judged
        else cell.measured
        for cell in cells
    }
    return weighted_score(factors, scores)
