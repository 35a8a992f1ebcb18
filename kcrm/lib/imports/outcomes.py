"""What goes into the saving of a chunk and what comes out of it, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kcrm.lib.errors import DomainError

UNMATCHED = "unmatched"


class Done(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class RowError(DomainError):
    """Why one row cannot be taken, in a sentence that says what to change.

    `code` is UNMATCHED where the row names what is not there. A row that is `worth_retrying` may find what it names
    once later rows of the same file are in. `also` are further errors of the same row.
    """

    def __init__(self, message: Any, *, field: str = "", code: str = "invalid", worth_retrying: bool = False) -> None:
        super().__init__(message, field=field, code=code)
        self.worth_retrying = worth_retrying
        self.also: list[RowError] = []


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its number there (the header is row 1) and its understood values; empty cells are left out."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Image:
    """What an import did to one database row: its values before (None: it was made) and after."""

    model: str
    pk: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The image as it is kept."""
        return {"model": self.model, "pk": self.pk, "before": self.before, "after": self.after}


@dataclass(slots=True)
class Outcome:
    """What became of one row of a file."""

    number: int
    done: Done
    id: int | None = None
    label: str = ""
    customer_id: int | None = None
    field: str = ""
    reason: str = ""
    code: str = ""
    changes: Mapping[str, list[Any]] = default(default_factory=dict)
    images: list[Image] = default(default_factory=list)
    notes: list[tuple[str, str]] = default(default_factory=list)
    worth_retrying: bool = False
    causes: list[tuple[str, str]] = default(default_factory=list)

    @classmethod
    def refused(cls, row: Row, error: DomainError) -> Outcome:
        """The outcome of a row that cannot be taken."""
        errors = [error, *getattr(error, "also", ())]
        return cls(
            number=row.number,
            done=Done.REJECTED,
            field=error.field or "",
            reason=" ".join(str(one) for one in errors),
            code=error.code,
            worth_retrying=getattr(error, "worth_retrying", False),
            causes=[(one.field or "", one.code) for one in errors],
        )


@dataclass(frozen=True)
class Run:
    """The circumstances of an import: for whom, from which system, by which rules. `by` may do only what he may do.

    `policy` maps fields to overwrite, fill_empty or never; fields that it leaves out are overwritten. An empty cell
    never clears a value. `keys` are the match keys in the order in which they are tried. What somebody else changed
    after `since`, the moment at which the person saw what the rows would do, is not written over; `own` are the
    {(model label, id)} that this import itself made or changed. `via` is the door that the trail names, None for that
    of the present call.
    """

    by: Any
    source: str
    today: date
    keys: tuple[str, ...] = ()
    policy: Mapping[str, str] = default(default_factory=dict)
    since: datetime | None = None
    own: set[tuple[str, int]] = default(default_factory=set)
    via: str | None = "import"

    def takes(self, name: str, current: Any) -> bool:
        """Whether a new value may take the place of the current one."""
        rule = self.policy.get(name, "overwrite")
        return rule == "overwrite" or (rule == "fill_empty" and current in (None, ""))


@dataclass
class Result:
    """What an import did, or for a dry run would do. `outcomes` are those that were asked to be kept."""

    counts: Counter[str] = default(default_factory=Counter)
    errors: list[tuple[int, str, str]] = default(default_factory=list)
    outcomes: list[Outcome] = default(default_factory=list)
    read: int = 0

    @property
    def created(self) -> int:
        """Rows that made something new."""
        return self.counts[Done.CREATED]

    @property
    def updated(self) -> int:
        """Rows that changed something."""
        return self.counts[Done.UPDATED]

    @property
    def unchanged(self) -> int:
        """Rows that said what was known."""
        return self.counts[Done.UNCHANGED]

    @property
    def rejected(self) -> int:
        """Rows that could not be taken."""
        return self.counts[Done.REJECTED]
