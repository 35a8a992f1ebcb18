"""The steps of a batch before its rows go in: arrival, how to read it, which column means what, by which rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import IO, Any, Final

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers import permissions
from customers.models import ImportBatch
from customers.services.imports import mappings
from customers.services.imports.engine import check_keys, checked_policy, found
from customers.services.imports.purging import undo_ends_before
from jobs.models import Job
from jobs.services import enqueue
from kcrm.lib import words
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports import Importable, importable
from kcrm.lib.imports import reading as readings
from kcrm.lib.imports.files import kind_of
from kcrm.lib.imports.guessing import guessed_formats, guessed_mapping
from kcrm.lib.imports.reading import Preview, Reading
from kcrm.lib.imports.values import DATE_ORDERS, DECIMAL_MARKS, understood

KIND: Final = "customers.import"
GUESSED_FROM: Final = 200  # rows whose dates and numbers tell how a column writes them
State = ImportBatch.State
_TITLES: Final = {
    "check": gettext_lazy("Check the import of %(name)s"),
    "run": gettext_lazy("Import %(name)s"),
    "undo": gettext_lazy("Take back the import of %(name)s"),
}


def upload_file(*, importable: str, file: IO[bytes], name: str, source: str, by: User) -> ImportBatch:
    """Take a file in, if it is what it is called, and guess how to read it and what its columns mean.

    Raises NotAllowed, DomainError.
    """
    thing = _allowed(importable, by)
    source = words.clean_line(source)
    if not source or len(source) > 40:
        raise DomainError(_("Name the system that the rows come from, in up to 40 characters."), field="source")
    form = kind_of(file, name)
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    batch = ImportBatch(
        importable=thing.key, source=source, file_name=_shown_name(name), digest=digest, form=form, created_by=by
    )
    batch.file.save(f"rows.{form}", File(file), save=False)
    try:
        _read_anew(batch, thing, readings.guessed(batch.file.path, form))
        with transaction.atomic():
            batch.save()
            audit.record(
                action=AuditEntry.Action.IMPORT,
                by=by,
                subject=batch,
                changes={"file": [None, batch.file_name], "sha256": [None, digest], "what": [None, thing.key]},
            )
    except BaseException:
        batch.file.delete(save=False)
        raise
    return batch


def paste_text(*, importable: str, text: str, source: str, by: User) -> ImportBatch:
    """Take rows in that were copied from a spreadsheet. Raises NotAllowed, DomainError."""
    data = ContentFile(text.encode("utf-8", errors="surrogateescape"))
    return upload_file(importable=importable, file=data, name=_("pasted") + ".txt", source=source, by=by)


@transaction.atomic
def set_reading(*, batch_id: int, version: int | None, values: Mapping[str, Any], by: User) -> ImportBatch:
    """Read the file in another way: `encoding`, `delimiter`, `sheet`, `header_row`; the columns are guessed anew.

    Raises DoesNotExist, StaleVersion, DomainError.
    """
    batch = _open(batch_id, version, by)
    reading = Reading(
        form=batch.form,
        encoding=str(values.get("encoding") or batch.encoding),
        delimiter=str(values.get("delimiter") or batch.delimiter or ","),
        sheet=str(values.get("sheet") or batch.sheet),
        header_row=max(1, int(values.get("header_row") or batch.header_row)),
        sheets=tuple(batch.sheets),
    )
    if batch.form == "csv" and (reading.encoding not in readings.ENCODINGS or len(reading.delimiter) != 1):
        raise DomainError(_("This encoding is not known here."), field="encoding")
    if reading.sheet and reading.sheet not in reading.sheets:
        raise DomainError(_("The workbook has no such sheet."), field="sheet")
    _read_anew(batch, importable(batch.importable), reading)
    _save(batch)
    return batch


@transaction.atomic
def set_mapping(
    *,
    batch_id: int,
    version: int | None,
    mapping: Mapping[str, int],
    formats: Mapping[str, Mapping[str, str]],
    policy: Mapping[str, str],
    keys: Sequence[str],
    by: User,
    replacements: Mapping[str, Mapping[str, str | None]] | None = None,
    constants: Mapping[str, str] | None = None,
    creations: Mapping[str, Sequence[str]] | None = None,
) -> ImportBatch:
    """Say which column means which field, how columns write dates and numbers, what replaces what, and the rules.

    `constants` are {field: text} for every row; `creations` {field: texts} of what is brought in before the rows. None
    leaves replacements, constants and creations as they are. It is remembered for the next file of the same columns.
    Raises DoesNotExist, StaleVersion, DomainError.
    """
    batch = _open(batch_id, version, by)
    thing = importable(batch.importable)
    for name, index in mapping.items():
        if name not in thing.by_name or not 0 <= index < len(batch.header):
            raise DomainError(_("There is no field “%(name)s”.") % {"name": name[:60]}, field="mapping")
    if len(set(mapping.values())) != len(mapping):
        raise DomainError(_("Two fields read the same column."), field="mapping")
    if constants is not None:
        batch.constants = _checked_constants(thing, constants, mapping)
    there = {*mapping, *batch.constants}
    missing = [str(field.label) for field in thing.lacking(there)]
    if missing:
        raise DomainError(_("Say which column holds: %(names)s.") % {"names": ", ".join(missing)}, field="mapping")
    check_keys(thing, keys)
    batch.mapping = dict(mapping)
    batch.formats = {name: _checked_formats(given) for name, given in formats.items() if name in there}
    batch.policy = checked_policy(thing, policy)
    batch.keys = list(keys)
    if replacements is not None:
        batch.replacements = {
            name: dict(pairs) for name, pairs in replacements.items() if name in thing.by_name and pairs
        }
    if creations is not None:
        batch.creations = {
            name: list(texts)
            for name, texts in creations.items()
            if name in thing.by_name and thing.by_name[name].creates and texts
        }
    batch.state, batch.checked, batch.error = State.MAPPED, None, ""
    _save(batch)
    mappings.remember(batch)
    return batch


def _checked_constants(thing: Importable, constants: Mapping[str, str], mapping: Mapping[str, int]) -> dict[str, str]:
    """What every row says, as far as no column says it. Raises DomainError for what cannot be understood."""
    given = {name: str(text).strip() for name, text in constants.items() if str(text).strip()}
    for name, text in given.items():
        if name not in thing.by_name:
            raise DomainError(_("There is no field “%(name)s”.") % {"name": name[:60]}, field="constants")
        if name in mapping:
            raise DomainError(
                _("“%(name)s” comes from a column already.") % {"name": thing.by_name[name].label}, field="constants"
            )
        understood(thing.by_name[name], text)
    return given


@transaction.atomic
def keep_mapping(*, batch_id: int, name: str, by: User) -> None:
    """Keep the answers of a batch under a name, for other files. Raises DoesNotExist, DomainError."""
    batch: ImportBatch = ImportBatch.objects.filter(created_by=by).get(pk=batch_id)
    known = words.clean_line(name)[:60]
    if not known:
        raise DomainError(_("Give the mapping a name."), field="name")
    mappings.remember(batch, name=known)


@transaction.atomic
def use_mapping(*, batch_id: int, version: int | None, mapping_id: int, by: User) -> ImportBatch:
    """Take the answers over that were kept under a name. Raises DoesNotExist, StaleVersion, DomainError."""
    batch = _open(batch_id, version, by)
    mappings.take_over(batch, mappings.named_for(batch).get(pk=mapping_id))
    batch.state, batch.checked, batch.error = State.UPLOADED, None, ""
    _save(batch)
    return batch


def start_check(*, batch_id: int, version: int | None, by: User) -> Job:
    """Let a job try all rows and take them back. Raises DoesNotExist, StaleVersion, NotAllowed, DomainError."""
    return _start(
        batch_id, version, by, act="check", state=State.CHECKING, before={State.MAPPED, State.CHECKED, State.FAILED}
    )


def start_run(*, batch_id: int, version: int | None, by: User) -> Job:
    """Let a job bring the rows in; a run that broke off goes on where it was. Raises as `start_check`."""
    return _start(
        batch_id, version, by, act="run", state=State.RUNNING, before={State.MAPPED, State.CHECKED, State.FAILED}
    )


def start_undo(*, batch_id: int, version: int | None, by: User) -> Job:
    """Let a job take back what the batch made and changed, except what was changed since. Raises as `start_check`."""
    return _start(batch_id, version, by, act="undo", state=State.UNDOING, before={State.DONE, State.FAILED})


@transaction.atomic
def _start(batch_id: int, version: int | None, by: User, *, act: str, state: str, before: set[State]) -> Job:
    batch: ImportBatch = ImportBatch.objects.filter(created_by=by).locked(batch_id, version)
    _allowed(batch.importable, by)
    if batch.is_busy and not is_at_work(batch):
        batch.state = State.DONE if batch.state == State.UNDOING else State.FAILED
    if batch.state not in before or (act != "undo" and not batch.mapping):
        raise DomainError(_("This is not the step that comes now. Open the import again."), code="not_now")
    if act == "undo" and not (batch.created or batch.updated):
        raise DomainError(_("There is nothing in this import that can be taken back."), code="not_now")
    if act == "undo" and batch.updated_at < undo_ends_before(timezone.now()):
        raise DomainError(_("The time in which this import could be taken back is over."), code="not_now")
    if act == "check" and batch.position:
        raise DomainError(_("Some of the rows are in already. Go on with the import."), code="not_now")
    batch.job = enqueue(
        kind=KIND,
        args={"batch": batch.pk, "act": act},
        by=by,
        key=f"{KIND}:{batch.pk}:{act}:{batch.version}",
        title=_TITLES[act],
        title_values={"name": str(batch)},
    )
    batch.state, batch.error = state, ""
    _save(batch)
    return batch.job


def is_at_work(batch: ImportBatch) -> bool:
    """Whether a job works on the batch now; one that was cancelled or given up works no more."""
    return batch.is_busy and batch.job is not None and batch.job.is_live


def preview_of(batch: ImportBatch) -> Preview:
    """The headings and first rows of a batch as they are read now. Raises DomainError."""
    return readings.previewed(batch.file.path, reading_of(batch))


def reading_of(batch: ImportBatch) -> Reading:
    """How a batch's file is read."""
    return Reading(batch.form, batch.encoding, batch.delimiter, batch.sheet, batch.header_row, tuple(batch.sheets))


def _allowed(key: str, by: User) -> Importable:
    thing = found(key)
    if not permissions.can_import(by) or not thing.allowed(by):
        raise NotAllowed("import_batch", Verb.CREATE)
    return thing


def _open(batch_id: int, version: int | None, by: User) -> ImportBatch:
    batch: ImportBatch = ImportBatch.objects.filter(created_by=by).locked(batch_id, version)
    _allowed(batch.importable, by)
    if not batch.can_be_set_up:
        raise DomainError(_("Rows of this import are in; its settings stay as they are."), code="not_now")
    return batch


def _save(batch: ImportBatch) -> None:
    batch.version += 1
    batch.save()


def _read_anew(batch: ImportBatch, thing: Importable, reading: Reading) -> None:
    """Take over how the file is read, and guess the rest from its headings and first rows, or from last time."""
    preview = readings.previewed(batch.file.path, reading, most=GUESSED_FROM)
    batch.encoding, batch.delimiter = reading.encoding, reading.delimiter if reading.form == "csv" else ""
    batch.sheet, batch.sheets, batch.header_row = reading.sheet, list(reading.sheets), reading.header_row
    batch.header, batch.state, batch.checked, batch.error = list(preview.header), State.UPLOADED, None, ""
    batch.creations = {}
    if kept := mappings.remembered(batch):
        mappings.take_over(batch, kept)
        return
    batch.mapping = guessed_mapping(thing, preview.header)
    batch.replacements, batch.constants, batch.policy, batch.keys = {}, {}, {}, list(thing.keys)
    batch.formats = {}
    if earlier := mappings.of_source(batch):
        mappings.lean_on(batch, earlier)
    for name, index in batch.mapping.items():
        texts = [cells[index] for _number, cells in preview.rows if index < len(cells)]
        if formats := guessed_formats(thing.by_name[name], texts):
            batch.formats[name] = formats


def _checked_formats(given: Mapping[str, str]) -> dict[str, str]:
    if given.get("dates", "ymd") not in DATE_ORDERS or given.get("decimal", ".") not in DECIMAL_MARKS:
        raise DomainError(_("This format is not known here."), field="formats")
    return {name: value for name, value in given.items() if name in {"dates", "decimal"}}


def _shown_name(name: str) -> str:
    """The file's own name without folders and signs that mislead; what it is stored under is another matter."""
    bare = PurePath(name.replace("\\", "/").replace("\0", "")).name
    visible = "".join(sign for sign in bare if sign.isprintable())
    return words.clean_line(visible)[:200] or _("file")
