"""The columns of a ledger file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from kcrm.lib.errors import DomainError

REQUIRED: Final = ("document", "line", "customer", "document_on", "product", "quantity", "unit_price")
OPTIONAL: Final = (
    "kind",
    "posted_on",
    "due_on",
    "shipped_on",
    "currency",
    "rate",
    "freight",
    "salesperson",
    "discount",
    "cost",
    "state",
)
COLUMNS: Final = REQUIRED + OPTIONAL

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The column names of a delivery, each known, none twice, none missing that a line needs."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [name for name in self.names if name not in COLUMNS]
        missing = [name for name in REQUIRED if name not in self.names]
        if unknown:
            raise DomainError(
                _("The ledger does not know the column “%(name)s”. It knows: %(known)s.")
                % {"name": unknown[0][:60], "known": ", ".join(COLUMNS)},
                code="unknown_column",
            )
        if missing:
            raise DomainError(
                _("Columns are missing: %(names)s.") % {"names": ", ".join(missing)}, code="missing_column"
            )
        if len(set(self.names)) != len(self.names):
            raise DomainError(_("A column appears twice."), code="duplicate_column")
