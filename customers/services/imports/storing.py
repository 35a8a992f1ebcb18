"""The record of what became of the rows of a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customers.models import ImportBatch, ImportRow
from customers.services.imports import writing
from kcrm.lib.copying import insert_all
from kcrm.lib.imports import Done, Outcome


def store(
    batch: ImportBatch, outcomes: Sequence[Outcome], texts: Mapping[int, Mapping[str, Any]], waiting: Sequence[int]
) -> None:
    """Keep what became of the rows of a chunk, and count it."""
    rows = [ImportRow(batch=batch, number=number, done=ImportRow.Done.WAITING) for number in waiting]
    for outcome in outcomes:
        refused = outcome.done is Done.REJECTED
        rows.append(
            ImportRow(
                batch=batch,
                number=outcome.number,
                done=outcome.done,
                object_id=outcome.id,
                customer_id=outcome.customer_id,
                label=outcome.label[:200],
                column=outcome.field[:60],
                reason=(outcome.reason or " ".join(note for _field, note in outcome.notes))[:500],
                cells={n: storable(v) for n, v in texts.get(outcome.number, {}).items()} if refused else None,
                changes=dict(outcome.changes),
                images=[image.as_dict() for image in outcome.images],
            )
        )
        batch.read += 1
        setattr(batch, str(outcome.done), getattr(batch, str(outcome.done)) + 1)
    insert_all(rows)


def storable(value: Any) -> Any:
    """A cell as it may be kept beside its refusal: without what the database cannot hold, and not endless."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()[:1000]
    if isinstance(value, list | dict):
        return "…"  # no cell, and perhaps deeper than can be written down
    return writing.plain(value)
