"""What the page of a bulk edit shows: a preview of every row before, the result after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from bulk.models import BulkEdit, BulkRow
from bulk.registry import BulkList, bulk_list
from bulk.services.running import planned
from kcrm.lib import formats

SAMPLE: Final = 10
SHOWN: Final = 200
CHUNK: Final = 500
State = BulkEdit.State


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the preview: whom it concerns and [(field, before, after)]."""

    label: str
    changes: Sequence[tuple[str, str, str]]


@dataclass(slots=True)
class Preview:
    """What would come of each row now, counted, with examples."""

    changing: int = 0
    equal: int = 0
    gone: int = 0
    stale: int = 0
    not_allowed: int = 0
    samples: list[Sample] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Left:
    """A row that was left as it is, with the reason."""

    label: str
    reason: str


class EditPage:
    """A bulk edit as its maker sees it."""

    def __init__(self, edit: BulkEdit, user: User) -> None:
        self.edit, self.user = edit, user
        self.declared: BulkList = bulk_list(edit.list_key, user)

    @property
    def at_work(self) -> bool:
        """Whether a job works on it now."""
        return self.edit.job is not None and self.edit.job.is_live

    @property
    def heading(self) -> str:
        """Which rows of which list."""
        count = self.edit.count
        sentence = ngettext("Change %(count)s row of “%(list)s”", "Change %(count)s rows of “%(list)s”", count)
        return sentence % {"count": formats.number(count), "list": self.declared.title}

    @property
    def answer(self) -> str:
        """Where it stands, in one sentence."""
        edit = self.edit
        numbers = {name: formats.number(getattr(edit, name)) for name in ("changed", "refused", "undone", "kept")}
        if self.at_work:
            return _("The rows are being changed. You can leave this page.")
        if edit.state == State.CHOSEN:
            return _("Tick what is to change. Nothing happens before you have seen it.")
        if edit.state == State.READY:
            return _("Nothing has changed yet. Look at what would happen, then start.")
        if edit.state == State.DONE:
            return _("%(changed)s changed, %(refused)s left as they are.") % numbers
        if edit.state == State.REVERTED:
            return _("%(undone)s taken back, %(kept)s kept because somebody changed them since.") % numbers
        return _("The work was stopped: %(changed)s changed so far. Go on, or take them back.") % numbers

    @property
    def may_delete(self) -> bool:
        """Whether the bin is offered."""
        return self.declared.delete is not None and self.declared.may_delete(self.user)

    @property
    def can_choose(self) -> bool:
        """Whether the values can still be chosen."""
        return self.edit.state in {State.CHOSEN, State.READY}

    @property
    def can_run(self) -> bool:
        """Whether it can be started, or go on."""
        return self.edit.state == State.READY or (self.edit.state == State.RUNNING and not self.at_work)

    @property
    def can_revert(self) -> bool:
        """Whether there is something to take back."""
        stopped = self.edit.state in {State.RUNNING, State.REVERTING} and not self.at_work
        return bool(self.edit.changed) and (self.edit.state == State.DONE or stopped)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The figures of the result."""
        edit = self.edit
        if self.can_choose:
            return []
        found = [(_("changed"), edit.changed), (_("unchanged"), edit.unchanged), (_("left as they are"), edit.refused)]
        if edit.state in {State.REVERTING, State.REVERTED}:
            found += [(_("taken back"), edit.undone), (_("kept"), edit.kept)]
        return found

    @cached_property
    def what(self) -> list[tuple[str, str]]:
        """[(field, value)] that every row gets."""
        if self.edit.act == BulkEdit.Act.DELETE:
            return [(str(BulkEdit.Act.DELETE.label), "")]
        fields = [(self.declared.field(name), value) for name, value in self.edit.values.items()]
        return [(str(known.label), known.show(value) or _("empty")) for known, value in fields]

    @cached_property
    def preview(self) -> Preview | None:
        """What would come of the rows; None before it is chosen and after it has begun."""
        if self.edit.state != State.READY:
            return None
        found = Preview()
        pairs = list(self.edit.rows.order_by("pk").values_list("object_id", "chosen_version"))
        for start in range(0, len(pairs), CHUNK):
            self._look_at(pairs[start : start + CHUNK], found)
        return found

    def _look_at(self, pairs: Sequence[tuple[int, int]], found: Preview) -> None:
        seen = {row.pk: row for row in self.declared.rows(self.user).filter(pk__in=[pk for pk, _version in pairs])}
        for pk, version in pairs:
            record = seen.get(pk)
            if record is None:
                found.gone += 1
            elif record.version != version:
                found.stale += 1
            elif not self.declared.may_change(self.user, record):
                found.not_allowed += 1
            else:
                self._note(record, found)

    def _note(self, record: Any, found: Preview) -> None:
        deletes = self.edit.act == BulkEdit.Act.DELETE
        before, after = ({}, {}) if deletes else planned(self.edit, self.declared, record)
        if before == after and not deletes:
            found.equal += 1
            return
        found.changing += 1
        if len(found.samples) < SAMPLE:
            found.samples.append(Sample(self.declared.label(record), self._words(before, after)))

    def _words(self, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
        if not after:
            return [("", _("in the list"), _("in the bin"))]
        fields = {self.declared.field(name).to: self.declared.field(name) for name in self.edit.values}
        return [
            (str(known.label), known.show(before[to]) or "–", known.show(after[to]) or "–")
            for to, known in fields.items()
            if before[to] != after[to]
        ]

    @cached_property
    def refused(self) -> list[Left]:
        """The first rows that were left as they are."""
        return self._left(list(self.edit.rows.refused()[:SHOWN]), "reason")

    @cached_property
    def kept(self) -> list[Left]:
        """The first rows that could not be taken back."""
        return self._left(list(self.edit.rows.kept()[:SHOWN]), "undo_reason")

    def _left(self, rows: Sequence[BulkRow], reason: str) -> list[Left]:
        """The rows by the names of those records that the reader still sees, the others by number."""
        seen = {row.pk: row for row in self.declared.rows(self.user).filter(pk__in=[row.object_id for row in rows])}
        names = {pk: self.declared.label(record) for pk, record in seen.items()}
        return [Left(names.get(row.object_id, f"#{row.object_id}"), getattr(row, reason)) for row in rows]

    @cached_property
    def reasons(self) -> list[tuple[str, int]]:
        """Why rows were left, the commonest first."""
        return Counter(left.reason for left in self.refused).most_common(5)
