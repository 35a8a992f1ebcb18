"""The rows of a scoring on their way into the database: built a column at a time, written by COPY (numpy: workers)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson
from django.db import connection

from selection.calculations.bulk import TIERS, BulkResult
from selection.calculations.raters import WIDE_RANGE
from selection.models import ModelFactor
from selection.models.parts import DIGITS

Floats = npt.NDArray[np.float64]
BATCH: Final = 5_000
COLUMNS: Final = (
    "run_id",
    "customer_id",
    "score",
    "index",
    "coverage",
    "provisional",
    "knocked_out",
    "rank",
    "tier",
    "sales_units",
    "explanation",
)
NULL: Final = "\\N"


@dataclass(frozen=True, slots=True)
class Column:
    """One factor over all customers: the figure it read, the score it gave, and how many raters stand behind it."""

    factor: ModelFactor
    figures: Floats
    scores: Floats
    raters: Mapping[int, tuple[int, float]]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRows:
    """What a run found, an element a customer in each."""

    run_id: int
    ids: npt.NDArray[np.int64]
    columns: Sequence[Column]
    result: BulkResult
    tiers: npt.NDArray[np.int8]
    sales_units: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def batches(self) -> Iterator[slice]:
        """Where each piece of the rows lies."""
        for start in range(0, len(self), BATCH):
            yield slice(start, min(start + BATCH, len(self)))

    def copy(self, where: slice) -> None:
        """Write a piece of the rows into the present transaction."""
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        file = io.BytesIO("".join(map("\t".join, self._texts(where))).encode())
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.cursor.copy_expert(f"COPY selection_score ({names}) FROM STDIN", file)

    def _texts(self, where: slice) -> Iterator[tuple[str, ...]]:
        ids, result = self.ids[where].tolist(), self.result
        return zip(
            [str(self.run_id)] * len(ids),
            map(str, ids),
            _figures(result.score[where]),
            _figures(result.index[where]),
            _figures(result.coverage[where]),
            ["t" if one else "f" for one in result.provisional[where].tolist()],
            ["t" if one else "f" for one in result.knocked_out[where].tolist()],
            [str(one) if one else NULL for one in result.rank[where].tolist()],
            ["" if one < 0 else TIERS[one].value for one in self.tiers[where].tolist()],
            [NULL if one != one else str(int(one)) for one in self.sales_units[where].tolist()],
            self._explanations(where, ids),
            strict=True,
        )

    def _explanations(self, where: slice, ids: Sequence[int]) -> Iterator[str]:
        """The parts of each score as `PartsField` keeps them, as COPY reads them; NaN becomes null."""
        forms, columns = [], []
        for column in self.columns:
            form, texts = _parts(column, where, ids)
            forms.append(form)
            columns += texts
        whole = f"[{','.join(forms)}]\n"
        return (whole % row for row in zip(*columns, strict=True)) if columns else repeat("[]\n", len(ids))


def _parts(column: Column, where: slice, ids: Sequence[int]) -> tuple[str, list[Sequence[str]]]:
    """The part of one factor with places for what differs by customer, and the texts that stand there."""
    begin = orjson.dumps([column.factor.key, float(column.factor.weight)]).decode()[:-1]
    begin = begin.replace("\\", "\\\\").replace("%", "%%")
    scores = _numbers(np.round(column.scores[where], DIGITS))
    if column.factor.kind == ModelFactor.Kind.METRIC:
        return f"{begin},%s,%s]", [scores, _numbers(column.figures[where])]
    return f"{begin},%s%s]", [scores, [_said(column.raters.get(pk)) for pk in ids]]


def _numbers(values: Floats) -> list[str]:
    """Numbers as JSON has them, the shortest that mean the same."""
    whole = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)
    return whole[1:-1].decode().split(",")


def _said(rated: tuple[int, float] | None) -> str:
    if rated is None:
        return ""
    said = {"raters": rated[0], "range": rated[1], "discuss": rated[1] >= WIDE_RANGE}
    return f",{orjson.dumps(said).decode()}"


def _figures(values: Floats) -> list[str]:
    return [NULL if one != one else f"{one:.4f}" for one in values.tolist()]
