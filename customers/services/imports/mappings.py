"""Answers to the questions of an import, remembered for the next file of these columns, of this system, or by name."""

from __future__ import annotations

from django.db.models import QuerySet

from customers.models import ImportBatch, SavedMapping
from kcrm.lib import words
from kcrm.lib.imports.guessing import signature


def remember(batch: ImportBatch, *, name: str = "") -> SavedMapping:
    """Keep the answers of a batch; a later one for the same columns, or of the same name, takes its place."""
    kept, _is_new = SavedMapping.objects.update_or_create(
        owner=batch.created_by,
        importable=batch.importable,
        signature="" if name else signature(batch.header),
        name=name,
        defaults={
            "source": batch.source, "mapping": batch.mapping, "formats": batch.formats, "policy": batch.policy,
            "replacements": batch.replacements, "keys": batch.keys, "constants": batch.constants,
            "headings": {field: batch.header[index] for field, index in batch.mapping.items()},
        },
    )  # fmt: skip
    return kept


def remembered(batch: ImportBatch) -> SavedMapping | None:
    """The answers for the last file of exactly these columns."""
    return _own(batch).filter(signature=signature(batch.header), name="").first()


def of_source(batch: ImportBatch) -> SavedMapping | None:
    """The answers for the last file from the same system."""
    return _own(batch).filter(source=batch.source).order_by("-used_at").first()


def named_for(batch: ImportBatch) -> QuerySet[SavedMapping]:
    """The answers that the person kept under a name for such rows."""
    return _own(batch).exclude(name="").order_by("name")


def take_over(batch: ImportBatch, kept: SavedMapping) -> None:
    """Answer as then, wherever the columns stand now; headings that the file does not have are left out."""
    if kept.name or kept.signature != signature(batch.header):
        places = {words.fold(heading): index for index, heading in reversed(list(enumerate(batch.header)))}
        found = {field: places.get(words.fold(heading)) for field, heading in kept.headings.items()}
        batch.mapping = {field: index for field, index in found.items() if index is not None}
    else:
        batch.mapping = kept.mapping
    batch.formats, batch.policy, batch.constants = kept.formats, kept.policy, kept.constants
    batch.replacements, batch.keys = kept.replacements, kept.keys
    batch.constants = {name: text for name, text in batch.constants.items() if name not in batch.mapping}


def lean_on(batch: ImportBatch, kept: SavedMapping) -> None:
    """Let columns that are called as then mean what they meant then, unless another one fits the field better here."""
    places = {words.fold(heading): index for index, heading in reversed(list(enumerate(batch.header)))}
    for field, heading in kept.headings.items():
        index = places.get(words.fold(heading))
        if index is not None and batch.mapping.get(field, index) == index:
            batch.mapping = {name: place for name, place in batch.mapping.items() if place != index} | {field: index}
    batch.replacements, batch.policy = kept.replacements, kept.policy


def _own(batch: ImportBatch) -> QuerySet[SavedMapping]:
    return SavedMapping.objects.filter(owner=batch.created_by, importable=batch.importable)
