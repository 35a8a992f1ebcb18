"""Keep what a rater types: each cell under its own version, so that nothing typed is lost and nothing overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from selection import permissions
from selection.models import ModelFactor, Rating, ScoringRound, SheetScore

LOWEST, HIGHEST = Decimal(1), Decimal(10)
UNKNOWN_MARKS: Final = frozenset({"?", "？"})
PLAIN: Final = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")
MOST_CELLS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What was typed into one cell, made from the cell's `version` (0 for one that was never filled).

    `text` is a number of 1-10, "?" for don't know, or nothing. `evidence`, `source` and `note` are None where the
    sender did not touch them.
    """

    customer_id: int
    factor_key: str
    text: str
    version: int | None
    evidence: str | None = None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a cell: its state and version as stored now; `problem` says why it was not taken."""

    customer_id: int
    factor_key: str
    text: str
    version: int
    stale: bool = False
    problem: str = ""


def score_of(text: str) -> tuple[Decimal | None, bool]:
    """The score and whether it is unknown, of what was typed. Raises DomainError for anything else.

    A decimal comma counts as a point, and full-width digits as their plain twins.
    """
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,")).replace(",", ".")
    if not plain:
        return None, False
    if plain in UNKNOWN_MARKS:
        return None, True
    score = Decimal(plain) if PLAIN.fullmatch(plain) else None
    if score is None or not LOWEST <= score <= HIGHEST:
        raise DomainError(_("%(text)s is no score: type 1 to 10, or ? for don't know.") % {"text": text}, field="score")
    return score, False


@transaction.atomic
def save_cells(*, round_id: int, cells: Sequence[Cell], by: User) -> list[Kept]:
    """Keep one's own cells, each by itself: taken, stale (somebody was faster, for instance oneself on the phone), or
    refused with a sentence. `version=None` takes the cell whatever it holds, for files that carry no versions.

    Raises NotAllowed for who is no rater of the round, DomainError when the round takes no scores any more.
    """
    found: ScoringRound = (
        ScoringRound.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=round_id)
    )
    if not permissions.can_score_in(by, found):
        raise NotAllowed("scoring_round", Verb.UPDATE)
    if found.state != ScoringRound.State.OPEN:
        raise DomainError(_("This round takes no scores any more."))
    if len(cells) > MOST_CELLS:
        raise DomainError(_("Send at most %(count)s cells at once.") % {"count": MOST_CELLS})
    keys = set(found.model.factors.filter(kind=ModelFactor.Kind.JUDGED).values_list("key", flat=True))
    customers = set(found.candidates.filter(customer__deleted_at=None).values_list("customer_id", flat=True))
    stored = {
        (cell.customer_id, cell.factor_key): cell
        for cell in SheetScore.objects.select_for_update().filter(round=found, rater=by)
    }
    answers = []
    for cell in cells:
        if cell.factor_key not in keys or cell.customer_id not in customers:
            problem = _("This round does not score that.")
            answers.append(Kept(cell.customer_id, cell.factor_key, cell.text, 0, problem=problem))
            continue
        answers.append(_keep(found, stored, cell, by))
    taken = sum(not answer.stale and not answer.problem for answer in answers)
    if taken:  # numbers only: the trail is read by others while the round is blind
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=found, changes={"cells": [None, taken]})
    return answers


def _keep(found: ScoringRound, stored: dict[tuple[int, str], SheetScore], cell: Cell, by: User) -> Kept:
    place = (cell.customer_id, cell.factor_key)
    row = stored.get(place)
    version = row.version if row else 0
    try:
        score, unknown = score_of(cell.text)
        if cell.evidence is not None and cell.evidence not in Rating.Evidence.values:
            raise DomainError(_("Say how you know: told, observed or guess."), field="evidence")
    except DomainError as error:
        return Kept(*place, cell.text, version, problem=str(error))
    values = {"score": score, "unknown": unknown} | {
        name: value
        for name, value in (("evidence", cell.evidence), ("source", cell.source), ("note", cell.note))
        if value is not None
    }
    if row is None:
        if cell.version not in {0, None}:
            return Kept(*place, "", 0, stale=True)
        if not any((score, unknown, cell.source, cell.note)):
            return Kept(*place, "", 0)
        row = stored[place] = SheetScore.objects.create(
            round=found, rater=by, customer_id=cell.customer_id, factor_key=cell.factor_key, **values
        )
        return Kept(*place, row.text, row.version)
    if cell.version is not None and cell.version != row.version:
        same = all(getattr(row, name) == value for name, value in values.items())
        return Kept(*place, row.text, row.version, stale=not same)
    row.apply(values)
    return Kept(*place, row.text, row.version)


def refused(answers: Iterable[Kept]) -> list[Kept]:
    """The cells that were not taken."""
    return [answer for answer in answers if answer.stale or answer.problem]
