"""The record of what became of the rows of a chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from customers.models import ImportBatch, ImportRow
from customers.services.imports import writing
from kcrm.lib.copying import insert_rows
from kcrm.lib.imports import Done, Outcome

COLUMNS: Final = (
    "batch_id", "number", "done", "object_id", "customer_id", "label", "column", "reason", "cells", "changes", "images",
)  # fmt: skip


def store(
    batch: ImportBatch, outcomes: Sequence[Outcome], texts: Mapping[int, Mapping[str, Any]], waiting: Sequence[int]
) -> None:
    """Keep what became of the rows of a chunk, and count it."""
    rows: list[tuple[Any, ...]] = [
        (batch.pk, number, ImportRow.Done.WAITING, None, None, "", "", "", None, {}, []) for number in waiting
    ]
    for outcome in outcomes:
        refused = outcome.done is Done.REJECTED
        rows.append(
            (
                batch.pk,
                outcome.number,
                outcome.done,
                outcome.id,
                outcome.customer_id,
                outcome.label[:200],
                outcome.field[:60],
                (outcome.reason or " ".join(note for _field, note in outcome.notes))[:500],
                {n: storable(v) for n, v in texts.get(outcome.number, {}).items()} if refused else None,
                outcome.changes,
                [image.as_dict() for image in outcome.images],
            )
        )
    insert_rows(ImportRow, COLUMNS, rows)
    batch.read += len(outcomes)
    for done, count in Counter(outcome.done for outcome in outcomes).items():
        setattr(batch, str(done), getattr(batch, str(done)) + count)


def storable(value: Any) -> Any:
    """A cell as it may be kept beside its refusal: without what the database cannot hold, and not endless."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()[:1000]
    if isinstance(value, list | dict):
        return "…"  # no cell, and perhaps deeper than can be written down
    return writing.plain(value)
