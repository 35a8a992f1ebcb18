"""How many key accounts can we really afford (M05 g)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selection.calculations.figures import TOLERANCE
from selection.calculations.load import Effort


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that could be chosen: attractiveness A of 1-10, relative strength RS, and the days it would take."""

    key: str
    attractiveness: float | None
    relative_strength: float | None
    effort: Effort


@dataclass(frozen=True, slots=True)
class AffordedCandidate:
    """A candidate in its place; ``promised`` are the days by function once it and all before it are served."""

    key: str
    rank: int
    value: float
    effort: Effort
    promised: Effort


@dataclass(frozen=True, slots=True)
class Affordability:
    """Where the list is cut.

    ``first_left_out`` is the best candidate that capacity cannot serve, None where all fit; ``shortfalls`` the days by
    function that it lacks. ``unranked`` have no A or no RS. ``left`` are the days that remain after the chosen.
    """

    chosen: tuple[AffordedCandidate, ...]
    first_left_out: AffordedCandidate | None
    shortfalls: Effort
    left_out: tuple[AffordedCandidate, ...]
    unranked: tuple[str, ...]
    left: Effort

    @property
    def count(self) -> int:
        """Gives the number of candidates that capacity can serve."""
        return len(self.chosen)


def affordability(candidates: Sequence[Candidate], capacity: Mapping[str, float]) -> Affordability:
    """Ranks candidates by A * RS and cuts where the days of any function run out (M05 g).

    The cut is a line: nobody below the first one left out slips in because it is smaller. A function without capacity
    on record has none. Equal values keep the order given. ``left_out`` begins with ``first_left_out``.
    """
    valued = [
        (candidate.attractiveness * candidate.relative_strength, candidate)
        for candidate in candidates
        if candidate.attractiveness is not None and candidate.relative_strength is not None
    ]
    valued.sort(key=lambda pair: -pair[0])
    promised: dict[str, float] = {}
    ranked: list[AffordedCandidate] = []
    for rank, (value, candidate) in enumerate(valued, start=1):
        for function, days in candidate.effort:
            promised[function] = promised.get(function, 0.0) + days
        ranked.append(AffordedCandidate(candidate.key, rank, value, candidate.effort, tuple(promised.items())))
    fitting = [one for one in ranked if not _shortfalls(one.promised, capacity)]
    # What is promised only grows along the list, so those who fit are its beginning.
    out = ranked[len(fitting) :]
    used = dict(fitting[-1].promised) if fitting else {}
    return Affordability(
        chosen=tuple(fitting),
        first_left_out=out[0] if out else None,
        shortfalls=_shortfalls(out[0].promised, capacity) if out else (),
        left_out=tuple(out),
        unranked=tuple(
            candidate.key
            for candidate in candidates
            if candidate.attractiveness is None or candidate.relative_strength is None
        ),
        left=tuple((function, days - used.get(function, 0.0)) for function, days in capacity.items()),
    )


def _shortfalls(promised: Effort, capacity: Mapping[str, float]) -> Effort:
    return tuple(
        (function, days - capacity.get(function, 0.0))
        for function, days in promised
        if days > capacity.get(function, 0.0) + TOLERANCE
    )
