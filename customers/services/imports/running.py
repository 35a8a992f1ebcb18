"""The rows of a batch go in: chunk by chunk, each with the record of what became of its rows in one transaction.

A worker can die anywhere. Whole chunks stay, the batch knows the last one, and the next attempt goes on behind it;
natural keys see to it that nothing comes twice even where that knowledge is behind the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import ImportBatch, ImportRow
from customers.services.imports.batches import reading_of
from customers.services.imports.creating import create_named
from customers.services.imports.engine import Work
from customers.services.imports.likeness import Words, suggestions
from customers.services.imports.probing import MAPPABLE, Probe
from customers.services.imports.storing import storable, store
from kcrm.lib import context
from kcrm.lib.collecting import set_aside
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Importable, Outcome, Result, Row, RowError, Run, importable
from kcrm.lib.imports.guessing import mapped
from kcrm.lib.imports.reading import rows_of
from kcrm.lib.imports.values import Formats

SAMPLES: Final = 50
MOST_UNMATCHED: Final = 300
State = ImportBatch.State
Progress = Callable[[int], None]
Atomic = Callable[[], AbstractContextManager[None]]


def check_batch(*, batch_id: int, by: User, progress: Progress = lambda done: None) -> ImportBatch:
    """Try all rows, take them back, and keep what would have come of them. Raises DoesNotExist, DomainError."""
    batch, began = _of(batch_id, by), timezone.now()
    batch.checked = None
    work = _work(batch, by, since=began)
    result = Result()
    unmatched: dict[str, Counter[str]] = {}
    texts: dict[int, Mapping[str, str]] = {}
    words, probe = Words(work.thing, by), Probe(work)
    try:
        with transaction.atomic(), context.origin(via="import"), set_aside():
            create_named(batch, by, keep=False)
            for outcomes in work.all(_kept(words.heard(_texts(batch)), texts)):
                probe.look(outcomes, texts)
                _note(result, outcomes, texts, unmatched)
                progress(result.read)
            transaction.set_rollback(True)
    except DomainError as error:
        return _failed(batch, error)
    batch.checked = {
        "at": began.isoformat(),
        "counts": {str(done): result.counts[done] for done in Done},
        "read": result.read,
        "errors": [list(error) for error in result.errors[:SAMPLES]],
        "samples": [
            {"number": o.number, "done": str(o.done), "label": o.label, "changes": dict(o.changes), "notes": o.notes}
            for o in result.outcomes
        ],
        "unmatched": {name: counts.most_common(MOST_UNMATCHED) for name, counts in unmatched.items()},
        "near": {
            **words.misspelt(),
            **suggestions(work.thing, {name: list(counts) for name, counts in unmatched.items()}, by, words.names),
        },
    }
    batch.state = State.CHECKED
    batch.version += 1
    batch.save()
    return batch


def _kept(rows: Iterator[tuple[int, Mapping[str, str]]], texts: dict[int, Mapping[str, str]]) -> Iterator[Any]:
    for number, row in rows:
        texts[number] = row
        yield number, row


def _note(
    result: Result,
    outcomes: Sequence[Outcome],
    texts: dict[int, Mapping[str, str]],
    unmatched: dict[str, Counter[str]],
) -> None:
    for outcome in outcomes:
        result.read += 1
        result.counts[outcome.done] += 1
        row = texts.pop(outcome.number, {})
        if outcome.done is Done.REJECTED:
            if len(result.errors) < SAMPLES:
                result.errors.append((outcome.number, outcome.field, outcome.reason))
            for name, code in outcome.causes:
                if code in MAPPABLE:
                    unmatched.setdefault(name, Counter())[str(row.get(name, ""))[:200]] += 1
        elif outcome.done is not Done.UNCHANGED and len(result.outcomes) < SAMPLES:
            if outcome.done is Done.CREATED and not outcome.changes:
                outcome.changes = {name: [None, storable(text)[:100]] for name, text in row.items() if text}
            result.outcomes.append(outcome)


def rows_checked(batch_id: int) -> int | None:
    """How many rows the last check found, None without one."""
    checked = ImportBatch.objects.filter(pk=batch_id).values_list("checked", flat=True).first()
    return int(checked["read"]) if checked else None


def run_batch(
    *, batch_id: int, by: User, progress: Progress = lambda done: None, atomic: Atomic = transaction.atomic
) -> ImportBatch:
    """Bring the rows of a batch in, from where an earlier attempt came to. Raises DoesNotExist."""
    batch = _of(batch_id, by)
    if batch.state == State.DONE:
        return batch
    work = _work(batch, by)
    try:
        with context.origin(via="import"), set_aside():
            if not batch.position:
                with atomic():
                    create_named(batch, by)
            _run(batch, work, progress, atomic)
    except DomainError as error:
        return _failed(batch, error)
    with atomic():
        batch.state, batch.finished_at = State.DONE, timezone.now()
        batch.version += 1
        batch.save()
        audit.record(
            action=AuditEntry.Action.IMPORT,
            by=by,
            subject=batch,
            changes={n: [None, getattr(batch, n)] for n in ("read", "created", "updated", "unchanged", "rejected")},
        )
    return batch


def _run(batch: ImportBatch, work: Work, progress: Progress, atomic: Atomic) -> None:
    waiting = set(ImportRow.objects.filter(batch=batch, done=ImportRow.Done.WAITING).values_list("number", flat=True))
    late: list[Row] = []

    def ahead() -> Iterator[tuple[int, Mapping[str, str]]]:
        """The rows still to come; those that are in already only leave their keys behind."""
        for number, row in _texts(batch):
            if number > batch.position:
                yield number, row
                continue
            try:
                known = work.row(number, row)
            except RowError:
                continue
            if number in waiting:
                late.append(known)

    for chunk in work.chunks(ahead()):
        progress(batch.read)
        with atomic():
            outcomes, more = work.chunk(chunk)
            store(batch, outcomes, dict(chunk), [row.number for row in more])
            batch.position = chunk[-1][0]
            batch.save(update_fields=["position", "read", "created", "updated", "unchanged", "rejected"])
        late += more
    while late:
        progress(batch.read)
        before = len(late)
        with atomic():
            outcomes, still = work.late(late, last=False)
            if len(still) == before:
                outcomes, still = work.late(late, last=True)[0], []
            ImportRow.objects.filter(batch=batch, number__in=[outcome.number for outcome in outcomes]).delete()
            store(batch, outcomes, {row.number: row.values for row in late}, [])
            batch.save(update_fields=["read", "created", "updated", "unchanged", "rejected"])
        late = still


def _failed(batch: ImportBatch, error: DomainError) -> ImportBatch:
    batch.refresh_from_db()
    batch.state, batch.error = State.FAILED, str(error)[:500]
    batch.version += 1
    batch.save()
    return batch


def _of(batch_id: int, by: User) -> ImportBatch:
    batch = ImportBatch.objects.get(pk=batch_id, created_by=by)
    if not importable(batch.importable).allowed(by):
        raise DomainError(_("You may no longer do this."))
    return batch


def _work(batch: ImportBatch, by: User, *, since: datetime | None = None) -> Work:
    thing: Importable = importable(batch.importable)
    zone = ZoneInfo(by.time_zone) if by.time_zone else timezone.get_default_timezone()
    formats = {
        name: Formats(**batch.formats.get(name, {}), zone=zone)
        for name in (*batch.mapping, *batch.constants)
        if name in thing.by_name
    }
    run = Run(
        by=by,
        source=batch.source,
        today=timezone.localdate(batch.created_at),
        keys=tuple(batch.keys) or thing.keys,
        policy=batch.policy,
        since=since or (datetime.fromisoformat(batch.checked["at"]) if batch.checked else batch.created_at),
        own={(image["model"], image["pk"]) for images in _images(batch) for image in images},
    )
    return Work(thing, run, formats)


def _images(batch: ImportBatch) -> Iterator[list[Any]]:
    """What earlier attempts made and changed."""
    rows = ImportRow.objects.filter(batch=batch).exclude(images=[])
    return rows.values_list("images", flat=True).iterator()


def _texts(batch: ImportBatch) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The data rows of a batch as texts by field, replacements made. Raises DomainError."""
    rows = rows_of(batch.file.path, reading_of(batch))
    next(rows, None)
    width = len(batch.header)
    for number, cells in rows:
        texts = {**batch.constants, **mapped(batch.mapping, cells)}
        for name, pairs in batch.replacements.items():
            if texts.get(name) in pairs:
                texts[name] = pairs[texts[name]] or ""
        if any(cell.strip() for cell in cells[width:]):
            texts[_("columns beyond the headings")] = "…"
        yield number, texts
