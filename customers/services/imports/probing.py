"""What else is unknown in rows that were refused for an unknown text: all of it is asked for at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import transaction

from customers.services.imports.engine import Work
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Outcome, Row
from kcrm.lib.imports.outcomes import UNMATCHED

MAPPABLE: Final = frozenset({UNMATCHED, "not_a_choice", "not_a_country"})
MOST_ROWS: Final = 2_000
MOST_LOOKS: Final = 4


class Probe:
    """Tries refused rows without the cells that nobody understood, and takes the rows back."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.left = MOST_ROWS

    def look(self, outcomes: Sequence[Outcome], texts: Mapping[int, Mapping[str, str]]) -> None:
        """Add to refused outcomes what else would refuse their rows."""
        asked = [outcome for outcome in outcomes if self._can_go_on(outcome)][: self.left]
        self.left -= len(asked)
        for _look in range(MOST_LOOKS):
            if not asked:
                return
            asked = self._again(asked, texts)

    def _can_go_on(self, outcome: Outcome) -> bool:
        """Whether all that is wrong with a row are texts to be asked for, in cells that may be empty."""
        fields = self.work.thing.by_name
        return outcome.done is Done.REJECTED and all(
            code in MAPPABLE and name in fields and not fields[name].required for name, code in outcome.causes
        )

    def _again(self, asked: Sequence[Outcome], texts: Mapping[int, Mapping[str, str]]) -> list[Outcome]:
        """Try the rows once more; answers those of which something more was found."""
        counts = self.work.counts.copy()
        rows: list[Row] = []
        more: list[Outcome] = []
        by_number = {outcome.number: outcome for outcome in asked}
        for outcome in asked:
            unknown = {name for name, _code in outcome.causes}
            left = {name: text for name, text in texts.get(outcome.number, {}).items() if name not in unknown}
            try:
                rows.append(self.work.row(outcome.number, left))
            except DomainError as error:
                more.append(Outcome.refused(Row(outcome.number, {}), error))
        self.work.counts = counts
        with transaction.atomic():
            more += [found for found in self.work.late(rows, last=True)[0] if found.done is Done.REJECTED]
            transaction.set_rollback(True)
        for found in more:
            outcome = by_number[found.number]
            outcome.causes = [*outcome.causes, *found.causes]
            outcome.reason = f"{outcome.reason} {found.reason}"
        return [by_number[found.number] for found in more if self._can_go_on(by_number[found.number])]
