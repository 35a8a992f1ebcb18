"""Who selects, in what time, how far they are and who has endorsed the result (M07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from selection.calculations.explanation import Reason, reason
from selection.calculations.figures import ratio

FEWEST_MEMBERS = 5
MOST_MEMBERS = 8
SHORTEST_WEEKS = 6
LONGEST_WEEKS = 8
MEETINGS = 4
EARLIEST_RECHECK_MONTHS = 6
LATEST_RECHECK_MONTHS = 12


class TeamFunction(StrEnum):
    """A function that has a say in who becomes a key account."""

    SALES = "sales"
    MARKETING = "marketing"
    OPERATIONS = "operations"
    TECHNICAL = "technical"
    FINANCE = "finance"
    SERVICE = "service"


class TeamReason(StrEnum):
    """What a selection team lacks."""

    TOO_SMALL = "team_too_small"
    TOO_LARGE = "team_too_large"
    FUNCTION_MISSING = "function_missing"
    NO_SPONSOR = "no_sponsor"
    NO_PURPOSE = "no_written_purpose"
    NO_TIMETABLE = "no_timetable"
    TIMETABLE_TOO_SHORT = "timetable_too_short"
    TIMETABLE_TOO_LONG = "timetable_too_long"
    TOO_FEW_MEETINGS = "too_few_meetings"
    NO_RECHECK = "no_recheck"
    RECHECK_OUT_OF_RANGE = "recheck_out_of_range"


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of the team and the function he or she speaks for, None for none of the six."""

    key: str
    function: TeamFunction | None


@dataclass(frozen=True, slots=True)
class TeamCharter:
    """What the team has set down: sponsor, purpose, timetable, meetings, months until it looks again."""

    sponsor: str | None = None
    has_purpose: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    meetings: int = 0
    recheck_after_months: int | None = None


@dataclass(frozen=True, slots=True)
class TeamCheck:
    """What the team covers and lacks; ``weeks`` is None without a timetable. The sponsor is not counted in ``size``."""

    size: int
    missing: tuple[TeamFunction, ...]
    weeks: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RaterProgress:
    """How much of what a rater was asked for is there; ``share`` is None where nothing was asked."""

    rater: str
    asked: int
    given: int
    share: float | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Endorsement:
    """Who stands behind the result: ``share`` of functions that have signed, 0-1, None where none was asked."""

    signed: tuple[str, ...]
    refused: tuple[str, ...]
    silent: tuple[str, ...]
    share: float | None


def team_check(members: Sequence[TeamMember], charter: TeamCharter) -> TeamCheck:
    """Checks size, functions, sponsor, purpose and timetable of a selection team (M07).

    Five to eight members beside the sponsor, each of six functions spoken for, six to eight weeks with four meetings,
    a re-check after six to twelve months. Raises ValueError for a timetable that ends before it starts.
    """
    size = len({member.key for member in members})
    present = {member.function for member in members}
    missing = tuple(function for function in TeamFunction if function not in present)
    weeks = None
    if charter.starts_on and charter.ends_on:
        if charter.ends_on < charter.starts_on:
            raise ValueError("a timetable ends after it starts")
        weeks = (charter.ends_on - charter.starts_on).days / 7
    return TeamCheck(size=size, missing=missing, weeks=weeks, reasons=tuple(_remarks(size, missing, weeks, charter)))


def rater_progress(asked: Mapping[str, int], given: Mapping[str, int]) -> tuple[RaterProgress, ...]:
    """Says how far each rater is, the least advanced first; scores nobody asked for do not count (M07)."""

    def progress(rater: str, count: int) -> RaterProgress:
        done = min(given.get(rater, 0), count)
        return RaterProgress(rater, count, done, ratio(done, count), done == count)

    found = [progress(rater, count) for rater, count in asked.items()]
    return tuple(sorted(found, key=lambda one: 1.0 if one.share is None else one.share))


def scores_may_be_released(progress: Sequence[RaterProgress]) -> bool:
    """Says whether blind scoring is over: there are raters and every one has given all (M07)."""
    return bool(progress) and all(one.complete for one in progress)


def endorsement(answers: Mapping[str, bool | None]) -> Endorsement:
    """Counts who endorses the result: True signed, False dissents, None has not answered (M07)."""
    signed = tuple(key for key, answer in answers.items() if answer)
    return Endorsement(
        signed=signed,
        refused=tuple(key for key, answer in answers.items() if answer is False),
        silent=tuple(key for key, answer in answers.items() if answer is None),
        share=ratio(len(signed), len(answers)),
    )


def _remarks(size: int, missing: Sequence[TeamFunction], weeks: float | None, charter: TeamCharter) -> Iterable[Reason]:
    if size < FEWEST_MEMBERS:
        yield reason(TeamReason.TOO_SMALL, size=size, fewest=FEWEST_MEMBERS)
    if size > MOST_MEMBERS:
        yield reason(TeamReason.TOO_LARGE, size=size, most=MOST_MEMBERS)
    for function in missing:
        yield reason(TeamReason.FUNCTION_MISSING, function)
    if not charter.sponsor:
        yield reason(TeamReason.NO_SPONSOR)
    if not charter.has_purpose:
        yield reason(TeamReason.NO_PURPOSE)
    if weeks is None:
        yield reason(TeamReason.NO_TIMETABLE)
    elif weeks < SHORTEST_WEEKS:
        yield reason(TeamReason.TIMETABLE_TOO_SHORT, weeks=weeks)
    elif weeks > LONGEST_WEEKS:
        yield reason(TeamReason.TIMETABLE_TOO_LONG, weeks=weeks)
    if charter.meetings < MEETINGS:
        yield reason(TeamReason.TOO_FEW_MEETINGS, meetings=charter.meetings)
    if charter.recheck_after_months is None:
        yield reason(TeamReason.NO_RECHECK)
    elif not EARLIEST_RECHECK_MONTHS <= charter.recheck_after_months <= LATEST_RECHECK_MONTHS:
        yield reason(TeamReason.RECHECK_OUT_OF_RANGE, months=charter.recheck_after_months)
