"""Bring rows in: understand them, save them in chunks, say of each what became of it.

A chunk is one transaction. When the database refuses a chunk, it is halved until the row is found that it refuses; the
others go in. Everything finds what is there already by natural keys, so the same rows brought in again change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib import context
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports import Done, Importable, Kind, Outcome, Result, Row, RowError, Run, importable
from kcrm.lib.imports.values import PLAIN, Formats, understood

KEPT_ERRORS = 1_000
REPEATED: Final = frozenset({Kind.CHOICE, Kind.COUNTRY, Kind.FLAG})
MOST_HEARD: Final = 1_000
Texts = Mapping[str, Any]


def import_rows(
    *,
    importable: Importable | str,
    rows: Iterable[Texts],
    source: str,
    by: User,
    policy: Mapping[str, str] | None = None,
    keys: Sequence[str] = (),
    formats: Mapping[str, Formats] | None = None,
    dry_run: bool = False,
    today: date | None = None,
    keep_outcomes: bool = False,
) -> Result:
    """Bring rows in, each a mapping of field names to texts or values; rows of the file are counted from 2.

    `source` names the system that the keys are from. `policy` says per field whether a known value is overwritten
    (the default), only filled in where it is empty (`fill_empty`) or left alone (`never`); an empty cell never clears
    anything. A dry run answers exactly what the run would, and leaves nothing behind.
    Raises NotAllowed for somebody who may not bring in such things, DomainError for unknown policies and keys.
    """
    thing = found(importable)
    if not thing.allowed(by):
        raise NotAllowed("import_batch", Verb.CREATE)
    run = Run(
        by=by,
        source=source,
        today=today or timezone.localdate(),
        keys=tuple(keys) or thing.keys,
        policy=checked_policy(thing, policy or {}),
    )
    check_keys(thing, run.keys)
    work = Work(thing, run, formats or {})
    result = Result()
    with transaction.atomic() if dry_run else context.origin(via="import"):
        for outcomes in work.all(enumerate(rows, start=2)):
            note(result, outcomes, keep=keep_outcomes)
        if dry_run:
            transaction.set_rollback(True)
    return result


def found(thing: Importable | str) -> Importable:
    """The importable by itself or by its key. Raises DomainError."""
    if isinstance(thing, Importable):
        return thing
    try:
        return importable(thing)
    except LookupError:
        raise DomainError(
            _("Nothing importable is called “%(key)s”.") % {"key": thing[:60]}, field="importable"
        ) from None


def checked_policy(thing: Importable, policy: Mapping[str, str]) -> dict[str, str]:
    """The policy, if it names fields and rules that exist. Raises DomainError."""
    for name, rule in policy.items():
        if name not in thing.by_name:
            raise DomainError(_("There is no field “%(name)s”.") % {"name": name[:60]}, field="policy")
        if rule not in {"overwrite", "fill_empty", "never"}:
            raise DomainError(_("A policy is overwrite, fill_empty or never."), field="policy")
    return dict(policy)


def check_keys(thing: Importable, keys: Sequence[str]) -> None:
    """Refuse match keys that the importable does not have. Raises DomainError."""
    for key in keys:
        if key not in thing.keys:
            raise DomainError(
                _("“%(key)s” is no key of these rows. Keys are: %(known)s.")
                % {"key": key[:60], "known": ", ".join(thing.keys)},
                field="keys",
            )


def note(result: Result, outcomes: Sequence[Outcome], *, keep: bool = False) -> None:
    """Add the outcomes of a chunk to a result."""
    for outcome in outcomes:
        result.read += 1
        result.counts[outcome.done] += 1
        if outcome.done is Done.REJECTED and len(result.errors) < KEPT_ERRORS:
            result.errors.append((outcome.number, outcome.field, outcome.reason))
    if keep:
        result.outcomes += outcomes


@dataclass
class Work:
    """The rows of one import under way.

    `seen` holds the natural keys of the rows before, by the rows' numbers; `counts` how often a text came.
    """

    thing: Importable
    run: Run
    formats: Mapping[str, Formats]
    seen: dict[str, int] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    heard: dict[str, dict[str, Any]] = field(default_factory=dict)  # texts that few words repeat, by field

    def all(self, rows: Iterable[tuple[int, Texts]]) -> Iterator[list[Outcome]]:
        """Save all rows; yields the final outcomes chunk by chunk.

        Rows that name what may come later in the same file wait until the end, and as long as one of them succeeds
        the others are tried again.
        """
        waiting: list[Row] = []
        for chunk in self.chunks(rows):
            outcomes, late = self.chunk(chunk)
            waiting += late
            yield outcomes
        while waiting:
            before = len(waiting)
            outcomes, waiting = self.late(waiting, last=False)
            if outcomes:
                yield outcomes
            if len(waiting) == before:
                yield self.late(waiting, last=True)[0]
                return

    def chunks(self, rows: Iterable[tuple[int, Texts]]) -> Iterator[list[tuple[int, Texts]]]:
        """The rows in pieces of the importable's chunk size."""
        iterator = iter(rows)
        while chunk := list(islice(iterator, self.thing.chunk_size)):
            yield chunk

    def chunk(self, chunk: Sequence[tuple[int, Texts]]) -> tuple[list[Outcome], list[Row]]:
        """Save one chunk in one transaction; the outcomes of its rows in their order, and the rows that wait."""
        refused: list[Outcome] = []
        ready: list[Row] = []
        for number, texts in chunk:
            try:
                ready.append(self.row(number, texts))
            except DomainError as error:
                refused.append(Outcome.refused(Row(number, {}), error))
        outcomes, late = self.late(ready, last=False)
        return sorted([*refused, *outcomes], key=lambda outcome: outcome.number), late

    def late(self, rows: Sequence[Row], *, last: bool) -> tuple[list[Outcome], list[Row]]:
        """Save rows that were understood; unless it is the last time, those worth retrying are handed back."""
        outcomes = self._save(rows)
        if last:
            return outcomes, []
        by_number = {row.number: row for row in rows}
        late = [by_number[outcome.number] for outcome in outcomes if outcome.worth_retrying]
        return [outcome for outcome in outcomes if not outcome.worth_retrying], late

    def row(self, number: int, texts: Texts) -> Row:
        """A row as understood. Raises RowError for cells that cannot be, for missing ones, for a key seen before."""
        values: dict[str, Any] = {}
        errors: list[RowError] = []
        stand_ins = {name: texts[other] for name, other in self.thing.fallbacks.items() if other in texts}
        for name, text in {**stand_ins, **self._counted(texts), **texts}.items():
            try:
                value = self._value(name, text)
            except RowError as error:
                errors.append(error)
                continue
            if value is not None:
                values[name] = value
        if not values and not errors:
            raise RowError(_("The row is empty."), code="empty")
        wrong = {error.field for error in errors}
        errors += [
            RowError(_("“%(label)s” is needed and empty.") % {"label": field.label}, field=field.name, code="missing")
            for field in self.thing.required
            if field.name not in values and field.name not in wrong
        ]
        if errors:
            errors[0].also = errors[1:]
            raise errors[0]
        self.note_key(number, values)
        return Row(number, values)

    def _counted(self, texts: Texts) -> dict[str, str]:
        """The numbers of a row among those of the same text, for fields that the file does not have."""
        found = {}
        for name, other in self.thing.counted.items():
            if name not in texts and (text := str(texts.get(other, "")).strip()):
                self.counts[name, text] += 1
                found[name] = str(self.counts[name, text])
        return found

    def _value(self, name: str, text: Any) -> Any:
        field = self.thing.by_name.get(name)
        if field is None:
            raise RowError(_("There is no field “%(name)s”.") % {"name": str(name)[:60]}, field=str(name)[:60])
        if field.kind not in REPEATED or not isinstance(text, str):
            return understood(field, text, self.formats.get(name, PLAIN))
        known = self.heard.setdefault(name, {})
        if text not in known:
            value = understood(field, text, self.formats.get(name, PLAIN))
            if len(known) >= MOST_HEARD:
                known.clear()
            known[text] = value
        return known[text]

    def note_key(self, number: int, values: Mapping[str, Any]) -> None:
        """Remember the row's natural key. Raises RowError when an earlier row has it."""
        key = self.thing.identity(values)
        if key is None:
            return
        first = self.seen.setdefault(key, number)
        if first != number:
            raise RowError(
                _("Row %(row)s of this file is about the same one. Keep one of the two.") % {"row": first},
                field=self.run.keys[0] if self.run.keys else "",
                code="repeated",
            )

    def _save(self, rows: Sequence[Row]) -> list[Outcome]:
        return save_in_parts(rows, self.run, self.thing.save)


def save_in_parts(
    rows: Sequence[Row], run: Run, save: Callable[[Sequence[Row], Run], Sequence[Outcome]]
) -> list[Outcome]:
    """Save rows in one transaction, or in halves of it when the database refuses the whole."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            outcomes = list(save(rows, run))
    except (DomainError, IntegrityError, DataError) as error:
        if len(rows) == 1:
            return [Outcome.refused(rows[0], _sentence(error))]
        middle = len(rows) // 2
        return save_in_parts(rows[:middle], run, save) + save_in_parts(rows[middle:], run, save)
    run.own.update((image.model, image.pk) for outcome in outcomes for image in outcome.images)
    return outcomes


def _sentence(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    return RowError(_("This contradicts what is stored already. Compare the row with what is there."), code="conflict")
