"""What came of a load: counts, sums on both sides, and each refused row with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

KEPT_REJECTS: Final = 1_000

REASONS: Final[Mapping[str, Any]] = {
    "missing": _("This is needed and missing."),
    "fields": _("The row does not have the fields of the header."),
    "characters": _("The row holds characters that are not text in UTF-8."),
    "too_long": _("The text is too long."),
    "not_a_number": _("This is not a number; write it like -1234.56."),
    "not_a_line": _("A line number is a whole number."),
    "not_a_date": _("This is not a date; write it like 2026-01-31."),
    "in_the_future": _("The date lies in the future."),
    "not_a_kind": _("The kind is invoice or credit_note."),
    "not_a_state": _("The origin is imported, estimated, allocated or adjusted."),
    "not_a_share": _("A discount is a fraction from 0 to 1."),
    "not_a_currency": _("A currency is its ISO code of three letters."),
    "no_rate": _("A currency that is not the reporting currency needs its rate."),
    "not_positive": _("This must be greater than zero."),
    "negative": _("This must not be negative."),
    "too_large": _("The amount is too large for the ledger."),
    "unknown": _("Nobody knows this key."),
    "duplicate": _("The same line came before in this file."),
    "differs": _("This differs from an earlier row of the same document."),
    "closed": _("The period is closed. Post it to an open one."),
}


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused row: its number (the header is row 1), the column, the code of the reason, and what stood there."""

    row: int
    column: str
    code: str
    value: str = ""

    @property
    def reason(self) -> str:
        """The reason as a sentence."""
        return str(REASONS[self.code])


@dataclass(frozen=True, slots=True)
class Sums:
    """Control totals of one side: how many lines, and what they add up to in ledger units."""

    lines: int = 0
    gross_units: int = 0
    discount_units: int = 0
    net_units: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.lines + other.lines,
            self.gross_units + other.gross_units,
            self.discount_units + other.discount_units,
            self.net_units + other.net_units,
        )


NOTHING: Final = Sums()


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did.

    `file` adds up all rows whose amounts can be read, refused ones too; `ledger` adds up what the ledger holds of the
    accepted lines, read back after writing. They tie when nothing was refused. `documents` are those added, `rejects`
    the first refusals.
    """

    load_id: int
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    documents: int = 0
    file: Sums = NOTHING
    ledger: Sums = NOTHING
    rejects: tuple[Reject, ...] = ()

    @property
    def ties(self) -> bool:
        """Whether the ledger holds line for line what the file says."""
        return self.file == self.ledger and self.rejected == 0
