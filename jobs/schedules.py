"""Recurring work: each app declares its own in `<app>/tasks.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVar

from jobs.recurrence import Cron, Every, Policy, Rule

Named = TypeVar("Named", bound=Callable[..., Any])
PolicyName = Literal["once", "all", "skip"]
ALL_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Declared:
    """A recurring job as its app declares it; `words` are those of its local times, empty for a period."""

    key: str
    kind: str
    rule: Rule
    policy: Policy
    words: str
    args: dict[str, Any] = field(default_factory=dict)


_schedules: dict[str, Declared] = {}


def schedule(
    key: str,
    *,
    kind: str,
    every: timedelta | None = None,
    cron: str = "",
    zone: str = "UTC",
    policy: PolicyName = "once",
    limit: int = ALL_AT_MOST,
    grace: timedelta = timedelta(minutes=1),
    args: dict[str, Any] | None = None,
) -> Callable[[Named], Named]:
    """Declare that jobs of a kind recur, either `every` so often or at the local times of `cron` in a `zone`.

    Works as a statement and as a decorator over the handler. `policy` says what becomes of moments that nobody saw
    because nothing ran: `once` (the newest counts), `all` (the newest `limit`), `skip` (none older than `grace`). With
    once and skip the next job waits for the one before: while it lives, no second is added. The job's args are `args`
    and `due_at`, the moment in UTC. Raises ValueError for a rule that cannot be read.
    """
    if (every is None) == (not cron):
        raise ValueError(f"The schedule {key!r} needs either a period or local times.")
    if every is not None and every < timedelta(seconds=1):
        raise ValueError(f"The period of the schedule {key!r} is too short.")
    rule: Rule = Every(every) if every is not None else Cron.parse(cron, zone)
    words = f"{cron} {zone}".strip() if cron else ""
    _schedules[key] = Declared(key, kind, rule, Policy(policy, limit, grace), words, args or {})

    def unchanged(function: Named) -> Named:
        return function

    return unchanged


_turns: list[Callable[[datetime], object]] = []


def each_turn(function: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Let the leading scheduler call this every other second with the database's clock.

    For looks that find nothing most of the time, in a statement or two; the work itself is a job. Safe to run twice.
    """
    _turns.append(function)
    return function


def turns() -> tuple[Callable[[datetime], object], ...]:
    """What the leading scheduler looks after in each of its turns."""
    return tuple(_turns)


def declared_schedules() -> tuple[Declared, ...]:
    """Every declared schedule, in the order of their keys."""
    return tuple(_schedules[key] for key in sorted(_schedules))
