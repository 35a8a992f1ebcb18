"""What rows name and nobody has yet, brought in before them as an import of its own that can be taken back."""

from __future__ import annotations

from accounts.models import User
from customers.models import ImportBatch
from customers.services.imports.calls import bring_in
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import importable


def create_named(batch: ImportBatch, by: User, *, keep: bool = True) -> None:
    """Bring in the texts of `batch.creations`; what is there already stays as it is. Raises DomainError, NotAllowed.

    Without `keep` it leaves no import behind, for a check that is rolled back.
    """
    thing = importable(batch.importable)
    for name, texts in batch.creations.items():
        field = thing.by_name.get(name)
        if field is None or field.creates is None or not texts:
            continue
        key, columns = field.creates
        rows = [dict.fromkeys(columns, text) for text in texts]
        answer = bring_in(
            importable=key, source=batch.source, rows=rows, by=by, policy={}, name=batch.file_name if keep else ""
        )
        refused = next((row for row in answer["rows"] if row["done"] == "rejected"), None)
        if refused is not None:
            raise DomainError(f"{texts[refused['number'] - 2]}: {refused['reason']}", field=name)
