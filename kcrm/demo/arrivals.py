"""Files of the demo company, brought in by the steps that a person takes on the import pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import User
from customers.models import ImportBatch
from customers.services.imports.batches import set_mapping, upload_file
from customers.services.imports.running import run_batch
from kcrm.demo.files import SOURCE
from kcrm.lib.errors import DomainError


def bring_file(importable: str, name: str, rows: Sequence[Mapping[str, Any]], *, by: User) -> ImportBatch:
    """Upload rows as a file, take its columns as they were recognised, and bring them in; the batch stands as finished.

    Raises DomainError when a column is not recognised or a row is refused: the demo comes whole or not at all.
    """
    batch = upload_file(importable=importable, file=_file_of(rows), name=name, source=SOURCE, by=by)
    if len(batch.mapping) < len(batch.header):
        known = [batch.header[index] for index in batch.mapping.values()]
        raise DomainError(f"{name}: no field for {sorted(set(batch.header) - set(known))}")
    batch = set_mapping(
        batch_id=batch.pk,
        version=batch.version,
        mapping=batch.mapping,
        formats=batch.formats,
        policy=batch.policy,
        keys=batch.keys,
        by=by,
    )
    batch = run_batch(batch_id=batch.pk, by=by)
    if batch.rejected or batch.state != ImportBatch.State.DONE:
        refused = batch.rows.filter(reason__gt="").values_list("number", "column", "reason")[:3]
        raise DomainError(f"{name}: {batch.rejected} rows refused, among them {list(refused)} {batch.error}")
    return batch


def _file_of(rows: Sequence[Mapping[str, Any]]) -> ContentFile[bytes]:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return ContentFile(text.getvalue().encode())
