"""What the page of an import shows, and the files that come out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers import permissions
from customers.models import ImportBatch, ImportRow
from customers.services.imports.batches import is_at_work, preview_of
from customers.services.imports.purging import undo_ends_before
from kcrm.lib import formats
from kcrm.lib.errors import DomainError
from kcrm.lib.export import ExportColumn, Table
from kcrm.lib.imports import Importable, importable
from kcrm.lib.imports.reading import Preview

SHOWN: Final = 50
STEPS: Final = ("reading", "columns", "rules", "check")
State = ImportBatch.State


@dataclass(frozen=True)
class ImportPage:
    """An import as its page shows it; without `sees_rows` only that it was."""

    batch: ImportBatch
    thing: Importable | None
    sees_rows: bool
    at_work: bool
    answer: str
    preview: Preview | None = None
    preview_error: str = ""
    counts: list[tuple[str, int]] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    facts: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def samples(self) -> list[dict[str, Any]]:
        """Examples of what would happen, with the labels of the fields."""
        return [
            {
                "number": sample["number"],
                "label": sample["label"],
                "is_new": sample["done"] == "created",
                "changes": [(self._label(name), *pair) for name, pair in sample["changes"].items()],
                "notes": [note for _field, note in sample["notes"]],
            }
            for sample in (self.batch.checked or {}).get("samples", ())
        ]

    @property
    def errors(self) -> list[tuple[int, str, str]]:
        """Examples of rows that would be refused, with the labels of their columns."""
        return [(row, self._label(name), why) for row, name, why in (self.batch.checked or {}).get("errors", ())]

    def _label(self, name: str) -> str:
        known = self.thing.by_name.get(name) if self.thing else None
        return str(known.label) if known else name

    @property
    def rate(self) -> str:
        """How fast the rows go in, empty before it can be said."""
        job = self.batch.job
        seconds = (timezone.now() - job.started_at).total_seconds() if job and job.started_at else 0
        if not job or seconds < 2 or not job.progress_done:
            return ""
        return _("%(rows)s rows a second") % {"rows": formats.number(job.progress_done / Decimal(seconds))}

    @property
    def remaining(self) -> str:
        """How long it will still take, empty before it can be said."""
        job = self.batch.job
        if not job or not job.started_at or not job.progress_done or not job.progress_total:
            return ""
        passed = timezone.now() - job.started_at
        left = passed * ((job.progress_total - job.progress_done) / job.progress_done)
        return _("about %(time)s left") % {"time": formats.span(left)}

    @property
    def step(self) -> str:
        """The question that comes now."""
        return {State.UPLOADED: "reading", State.MAPPED: "rules"}.get(State(self.batch.state), "check")

    @property
    def can_check(self) -> bool:
        """Whether trying the rows is a step that comes now."""
        return self.sees_rows and self.batch.state in {State.MAPPED, State.CHECKED}

    @property
    def can_run(self) -> bool:
        """Whether bringing the rows in is a step that comes now."""
        broken = self.batch.state in {State.FAILED, State.RUNNING} and bool(self.batch.mapping)
        return self.sees_rows and not self.at_work and (self.batch.state in {State.MAPPED, State.CHECKED} or broken)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        batch, done = self.batch, {State.DONE, State.UNDOING}
        changed = bool(batch.created or batch.updated) and self.thing is not None
        if batch.updated_at < undo_ends_before(timezone.now()):
            return False
        return self.sees_rows and not self.at_work and batch.state in done and changed


@dataclass(frozen=True)
class Step:
    """One step of the way: where its link leads, empty while it cannot be gone to yet."""

    key: str
    label: str
    is_current: bool
    is_done: bool
    can_open: bool


def steps_of(batch: ImportBatch, current: str) -> list[Step]:
    """The way of a file, with where it stands."""
    labels = {
        "file": _("File"), "reading": _("Rows"), "columns": _("Columns"), "rules": _("Rules"), "check": _("Check"),
        "done": _("Bring in"),
    }  # fmt: skip
    here = list(labels).index(current)
    reached = {State.UPLOADED: 2, State.MAPPED: 3}.get(State(batch.state), 4)
    return [
        Step(key, label, key == current, number < here, key in STEPS and number <= reached)
        for number, (key, label) in enumerate(labels.items())
    ]


def import_page(batch: ImportBatch, user: User) -> ImportPage:
    """The page of a batch for one reader."""
    try:
        thing = importable(batch.importable)
    except LookupError:
        thing = None
    sees = permissions.can_see_import_rows(user, batch)
    preview, error = None, ""
    if sees and batch.can_be_set_up and not batch.is_busy:
        try:
            preview = preview_of(batch)
        except (DomainError, OSError) as refused:
            error = str(refused) if isinstance(refused, DomainError) else _("The file is no longer there.")
    counted = batch.checked["counts"] if batch.checked and not batch.read else None
    names = (
        ("created", _("New")),
        ("updated", _("Changed")),
        ("unchanged", _("Unchanged")),
        ("rejected", _("Refused")),
    )
    counts = [(label, counted[name] if counted else getattr(batch, name)) for name, label in names]
    rows = ImportRow.objects.filter(batch=batch).order_by("number") if sees else ImportRow.objects.none()
    return ImportPage(
        batch=batch,
        thing=thing,
        sees_rows=sees,
        at_work=is_at_work(batch),
        answer=_answer(batch),
        preview=preview,
        preview_error=error,
        counts=counts if counted or batch.read else [],
        refused=list(rows.filter(done=ImportRow.Done.REJECTED)[:SHOWN]),
        kept=list(rows.filter(undo=ImportRow.Undo.KEPT)[:SHOWN]),
        facts=[
            (_("What"), thing.label if thing else batch.importable),
            (_("From the system"), batch.source),
            (_("Brought in by"), batch.created_by),
            (_("Arrived"), formats.moment(batch.created_at)),
            (_("Ended"), formats.moment(batch.finished_at) if batch.finished_at else ""),
            (_("Rows"), formats.number(batch.read)),
        ],
    )


def _answer(batch: ImportBatch) -> str:
    """Where the import stands, and what comes next."""
    counts = (batch.checked or {}).get("counts") or {}
    values = {
        "rows": formats.number(batch.read), "created": formats.number(batch.created),
        "updated": formats.number(batch.updated), "rejected": formats.number(batch.rejected),
        "undone": formats.number(batch.undone), "kept": formats.number(batch.kept),
    }  # fmt: skip
    if batch.state == State.CHECKED:
        refused = int(counts.get("rejected", 0))
        good = int((batch.checked or {}).get("read", 0)) - refused
        return ngettext(
            "Checked: %(good)s row would go in, %(refused)s would be refused. Nothing has changed yet.",
            "Checked: %(good)s rows would go in, %(refused)s would be refused. Nothing has changed yet.",
            good,
        ) % {"good": formats.number(good), "refused": formats.number(refused)}
    sentences = {
        State.UPLOADED: _("The file is here. See whether the columns are understood, then check the rows."),
        State.MAPPED: _("The columns are chosen. Check the rows before they go in: it changes nothing."),
        State.CHECKING: _("The rows are being tried; nothing of it stays."),
        State.RUNNING: _("%(rows)s rows are in so far.") % values,
        State.FAILED: _("It stopped: %(error)s") % {"error": batch.error or _("the work was ended.")},
        State.DONE: _("Done: %(created)s new, %(updated)s changed, %(rejected)s refused.") % values,
        State.UNDOING: _("The import is being taken back."),
        State.UNDONE: _("Taken back: %(undone)s rows; %(kept)s stay, because they changed since.") % values,
    }
    return sentences[State(batch.state)]


def error_table(batch: ImportBatch) -> Table:
    """The refused rows as they came, each with its number, column and reason: to mend and to bring in again."""
    thing = importable(batch.importable)
    names = sorted(batch.mapping, key=lambda name: int(batch.mapping[name]))
    columns = [ExportColumn(name, batch.header[batch.mapping[name]]) for name in names]

    def rows() -> Iterator[list[Any]]:
        refused = ImportRow.objects.filter(batch=batch, done=ImportRow.Done.REJECTED).order_by("number")
        for row in refused.iterator(chunk_size=2_000):
            cells = row.cells or {}
            known = thing.by_name.get(row.column)
            yield [
                *(cells.get(name, "") for name in names),
                row.number,
                known.label if known else row.column,
                row.reason,
            ]

    extra = [
        ExportColumn("row", _("Row")),
        ExportColumn("column", _("Column")),
        ExportColumn("reason", _("Why refused")),
    ]
    return Table(f"refused-{batch.pk}", _("Refused rows"), [*columns, *extra], rows())


def template_table(thing: Importable) -> Table:
    """An empty file with the headings that are understood at once, and one line that shows how to write."""
    columns = [ExportColumn(known.name, str(known.label)) for known in thing.fields]
    example = [known.example or (next(iter(known.choices.values())) if known.choices else "") for known in thing.fields]
    return Table(thing.key, str(thing.label), columns, [[str(text) for text in example]])
