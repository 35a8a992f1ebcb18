"""The Northwind files, read as they came, with their dates moved so that the ledger ends last month."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings

from kcrm.lib.periods import add_months, month_of, months_between, same_day

FOLDER: Final = Path(settings.BASE_DIR) / "demo" / "northwind"
SOURCE: Final = "northwind"
LAST_MONTH: Final = date(1998, 5, 1)
DATES: Final = ("order_date", "required_date", "shipped_date")


def table(name: str) -> list[dict[str, str]]:
    """The rows of one file; the two characters `\\n` that stand in some addresses become a comma."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: value.replace("\\n", ", ") for key, value in row.items()} for row in csv.DictReader(file)]


@dataclass(frozen=True, slots=True)
class Calendar:
    """How far the files' dates move: a whole number of months, so that seasons and months stay what they were."""

    today: date

    @property
    def months(self) -> int:
        """The months between the files' last month and the one before today's."""
        return months_between(LAST_MONTH, add_months(month_of(self.today), -1))

    def moved(self, text: str) -> str:
        """A date of the files on today's calendar; empty stays empty."""
        return same_day(date.fromisoformat(text), self.months).isoformat() if text else ""

    def orders(self) -> Iterator[dict[str, str]]:
        """The orders with their dates moved."""
        for row in table("orders"):
            yield row | {name: self.moved(row[name]) for name in DATES}
