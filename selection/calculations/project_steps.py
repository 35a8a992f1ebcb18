"""The ten steps of a selection project and the gate behind each: in order, never passed silently (M07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from selection.calculations.selection_team import LONGEST_WEEKS


class Step(StrEnum):
    """A step of the way from the first factor to the published decision, in order."""

    OBJECTIVES = "objectives"
    RESOURCES = "resources"
    TEAM = "team"
    MARKET_MAP = "market_map"
    SEGMENTS = "segments"
    ATTRACTIVENESS = "attractiveness"
    STRENGTH = "strength"
    DECISION = "decision"
    COMMUNICATION = "communication"
    RECHECK = "recheck"


ORDER: tuple[Step, ...] = tuple(Step)


class GateState(StrEnum):
    """How a gate stands."""

    SIGNED = "signed"
    WAIVED = "waived"
    ASKED = "asked"
    READY = "ready"
    OPEN = "open"
    WAITING = "waiting"


class SignState(StrEnum):
    """How the last word about a gate stands: asked for, given, given in spite of open conditions."""

    ASKED = "asked"
    SIGNED = "signed"
    WAIVED = "waived"


PASSED = frozenset({GateState.SIGNED, GateState.WAIVED})


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a machine can see about a step: ``met``, and the figures for its sentence."""

    code: str
    met: bool
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """A step with its conditions and how its gate stands.

    ``slipped`` are conditions that are open now although the gate was signed with them met: nothing reopens by itself,
    and nothing is hidden.
    """

    step: Step
    state: GateState
    conditions: tuple[Condition, ...]
    slipped: tuple[str, ...] = ()

    @property
    def open_codes(self) -> tuple[str, ...]:
        """Names the conditions that are not met now."""
        return tuple(one.code for one in self.conditions if not one.met)

    @property
    def passed(self) -> bool:
        """Says whether the next step may begin its gate."""
        return self.state in PASSED


def gates_of(
    conditions: Mapping[Step, Sequence[Condition]],
    words: Mapping[Step, tuple[SignState, Sequence[str]]],
) -> tuple[Gate, ...]:
    """Says how each of the ten gates stands, in order.

    ``words`` is the last valid word about a gate with the conditions that were open when it was given. A gate with no
    word is ready when its conditions are met, waiting while an earlier one is not passed, open otherwise.
    """
    found: list[Gate] = []
    for step in ORDER:
        here = tuple(conditions.get(step, ()))
        known = words.get(step)
        if known:
            state = GateState(known[0].value)
        elif any(not gate.passed for gate in found):
            state = GateState.WAITING
        else:
            state = GateState.READY if all(one.met for one in here) else GateState.OPEN
        missing = {one.code for one in here if not one.met}
        slipped = tuple(one.code for one in here if one.code in missing.difference(known[1])) if known else ()
        found.append(Gate(step, state, here, slipped if state in PASSED else ()))
    return tuple(found)


def next_gate(gates: Sequence[Gate]) -> Gate | None:
    """Gives the first gate that is not passed; None when all are."""
    return next((gate for gate in gates if not gate.passed), None)


def before(step: Step) -> tuple[Step, ...]:
    """Lists the steps that come before a step."""
    return ORDER[: ORDER.index(step)]


def after(step: Step) -> tuple[Step, ...]:
    """Lists the steps that come after a step."""
    return ORDER[ORDER.index(step) + 1 :]


def timetable(starts_on: date, *, weeks: int = LONGEST_WEEKS) -> dict[Step, date]:
    """Spreads the ten steps evenly over the weeks; the last ends on the last day. Raises ValueError for no weeks."""
    if weeks <= 0:
        raise ValueError("a timetable has weeks")
    days = weeks * 7
    return {step: starts_on + timedelta(days=days * place // len(ORDER)) for place, step in enumerate(ORDER, start=1)}


def months_later(day: date, months: int) -> date:
    """Gives the same day some months on, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
