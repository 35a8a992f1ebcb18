"""A job while it runs: what its handler holds in its hands, and the heartbeat that keeps its lease."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.core.files import File
from django.db import DatabaseError, connection, transaction

from jobs.handlers import HARD_LIMITS, SOFT_LIMITS
from jobs.services import lifecycle

if TYPE_CHECKING:
    from accounts.models import User
    from jobs.models import Job

logger = logging.getLogger(__name__)

BEAT_EVERY: Final = 3.0
TICK: Final = 1.0


class Cancelled(Exception):
    """Somebody cancelled the job; the handler lets this pass."""


class LostLease(Exception):
    """The job belongs to another worker by now; whatever this one still writes is refused."""


class TimeIsUp(Exception):
    """The attempt worked longer than its kind may."""


@dataclass
class RunningJob:
    """What a handler gets: its arguments, the person it works for, and a way to tell how far it is.

    `by` is read afresh at the start of each attempt, with the rights of that moment; None for the system's own jobs.
    """

    pk: int
    kind: str
    key: str | None
    args: dict[str, Any]
    by: User | None
    attempt: int
    is_last_attempt: bool
    fence: int
    customer_id: int | None
    is_heavy: bool
    own_thread: bool = True
    state: lifecycle.Progress = field(default_factory=lifecycle.Progress)
    _started: float = field(default_factory=time.monotonic)
    _lease_ends: float = field(default_factory=lambda: time.monotonic() + lifecycle.lease().total_seconds())
    _written: float = field(default_factory=time.monotonic)
    _dirty: bool = False
    _lost: bool = False
    _cancelled: bool = False

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the work is; cheap enough to call for every row. Raises what `check` raises."""
        self.state = lifecycle.Progress(done, self.state.total if total is None else total, note or self.state.note)
        self._dirty = True
        self.check()

    def check(self) -> None:
        """Raise Cancelled, LostLease or TimeIsUp when the work should stop; call it wherever work can stop."""
        now = time.monotonic()
        if not self.own_thread and now - self._written >= TICK:
            self.beat()
        if self._lost or now > self._lease_ends:
            raise LostLease
        if self._cancelled:
            raise Cancelled
        if now - self._started > SOFT_LIMITS[self.is_heavy]:
            raise TimeIsUp

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A transaction that commits only if the job still belongs to this worker, else it raises LostLease.

        The lease is checked and renewed by the last statement before the commit: its row lock keeps others from taking
        the job in between, and the heartbeat is not shut out while the block works.
        """
        with transaction.atomic():
            yield
            if lifecycle.renew(job_id=self.pk, fence=self.fence, progress=None) is None:
                raise LostLease
        self._lease_ends = time.monotonic() + lifecycle.lease().total_seconds()

    def attach(self, file: File[Any], name: str) -> None:
        """Keep a file as the job's outcome, under this name for those who fetch it. Replaces an earlier one.

        The row learns of the file before the file is written, so that no crash leaves a file that nobody knows.
        """
        if not lifecycle.attach_file(job_id=self.pk, fence=self.fence, file=file, name=name):
            raise LostLease

    def beat(self) -> None:
        """Renew the lease, write the progress, and learn whether somebody cancelled or took the job."""
        progress, self._dirty = (self.state, False) if self._dirty else (None, False)
        self._written = time.monotonic()
        answer = lifecycle.renew(job_id=self.pk, fence=self.fence, progress=progress)
        if answer is None:
            self._lost = True
            return
        self._lease_ends = self._written + lifecycle.lease().total_seconds()
        self._cancelled = self._cancelled or answer.cancel_requested

    def beat_is_due(self) -> bool:
        """Whether there is news, or the lease wants renewing."""
        return self._dirty or time.monotonic() - self._written >= BEAT_EVERY

    @property
    def is_overdue(self) -> bool:
        """Whether the attempt has passed its hard limit: then its lease is left to run out."""
        return time.monotonic() - self._started > HARD_LIMITS[self.is_heavy]


@contextmanager
def heartbeat(job: RunningJob) -> Iterator[None]:
    """Keep the lease of a running job from a thread with its own database connection.

    A job shorter than the first tick never opens that connection. A handler that hangs past its hard limit loses its
    lease, so that another worker can take the job over, even where its thread cannot be killed.
    """
    stop = threading.Event()

    def keep() -> None:
        try:
            while not stop.wait(TICK) and not job.is_overdue:
                if job.beat_is_due():
                    _beat_once(job)
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _beat_once(job: RunningJob) -> None:
    try:
        job.beat()
    except DatabaseError as error:  # the database restarts: try again until the lease has run out
        logger.warning("Job %s: no heartbeat (%s).", job.pk, type(error).__name__)
        connection.close()


def running(job: Job, by: User | None, *, own_thread: bool) -> RunningJob:
    """The handler's view of a job that was just claimed."""
    return RunningJob(
        pk=job.pk,
        kind=job.kind,
        key=job.key,
        args=job.args,
        by=by,
        attempt=job.attempts,
        is_last_attempt=job.attempts >= job.max_attempts,
        fence=job.fence,
        customer_id=job.customer_id,
        is_heavy=job.is_heavy,
        own_thread=own_thread,
    )
