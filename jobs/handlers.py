"""The kinds of jobs: each app registers its own in `<app>/tasks.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from jobs.messages import message_id

if TYPE_CHECKING:
    from accounts.models import User
    from jobs.models import Job
    from jobs.running import RunningJob

Run: TypeAlias = "Callable[[RunningJob], dict[str, Any] | None]"

# By heaviness: after the soft limit an attempt is asked to stop, at the hard one it loses its lease and its process.
SOFT_LIMITS: Final = {False: 45, True: 540}
HARD_LIMITS: Final = {False: 60, True: 600}


@dataclass(frozen=True, slots=True)
class Handler:
    """What runs for a kind of job, and under which limits."""

    kind: str
    run: Run
    title: str
    max_attempts: int
    heavy: bool
    retry_on: tuple[type[BaseException], ...]
    per_person: int | None
    announces: bool
    may_download: Callable[[User, Job], bool]
    labels: dict[str, str]


_handlers: dict[str, Handler] = {}


def handler(
    kind: str,
    *,
    title: Any,
    max_attempts: int = 5,
    heavy: bool = False,
    retry_on: tuple[type[BaseException], ...] = (Exception,),
    per_person: int | None = None,
    announces: bool | None = None,
    may_download: Callable[[User, Job], bool] | None = None,
    labels: Mapping[str, Any] | None = None,
) -> Callable[[Run], Run]:
    """Register `run(job: RunningJob) -> dict | None` for a kind of job; the dict becomes the job's result.

    The handler must be idempotent: an attempt can die at any instruction and another begins from the start, and for a
    few seconds two may work at once. Write through unique keys, and inside `with job.atomic():`, which refuses to
    commit once the job belongs to somebody else.

    `heavy` gives nine minutes instead of 45 s and a queue of its own. Errors in `retry_on` are tried again
    `max_attempts` times with growing pauses, others end the job at once; a DomainError is an answer, not an error: the
    job fails with its sentence. `per_person` bounds how many jobs of the kind one person may have live. `announces`
    (default: heavy ones) tells the person when the work is done. `may_download(user, job)` is asked, beside the
    ownership of the job, whenever its file is fetched. `labels` names the figures of the result that its page shows,
    in their order; a result's `url`, a path of this site, is where its page leads when the work is done.
    """

    def register(run: Run) -> Run:
        if kind in _handlers and _handlers[kind].run is not run:
            raise ValueError(f"Two handlers for the job kind {kind!r}.")
        _handlers[kind] = Handler(
            kind=kind,
            run=run,
            title=message_id(title),
            max_attempts=max_attempts,
            heavy=heavy,
            retry_on=retry_on,
            per_person=per_person,
            announces=heavy if announces is None else announces,
            may_download=may_download or (lambda user, job: True),
            labels={name: message_id(label) for name, label in (labels or {}).items()},
        )
        return run

    return register


def handler_of(kind: str) -> Handler:
    """The handler of a kind. Raises LookupError for a kind that no app registered."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"No app handles jobs of the kind {kind!r}.") from None


def title_of(kind: str) -> str:
    """The message id of a kind's title; the kind itself where its handler is gone."""
    return _handlers[kind].title if kind in _handlers else kind


def all_handlers() -> tuple[Handler, ...]:
    """Every registered handler."""
    return tuple(_handlers.values())
