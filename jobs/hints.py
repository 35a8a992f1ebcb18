"""Hints to the workers that a job waits. They may be lost, doubled or late: the rows and the sweeper do not care.

A hint must never hold up the page that sends it. It has its own connection to the broker with short limits, and after
a failure nobody tries again for a few seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any, Final

from kombu.pools import connections, producers

from jobs.handlers import HARD_LIMITS, SOFT_LIMITS
from jobs.models import Job
from kcrm.celery import app

logger = logging.getLogger(__name__)

TASK: Final = "jobs.run"
QUEUES: Final = {False: "kcrm", True: "kcrm-heavy"}
PATIENCE: Final = 0.4  # seconds for each step of talking to the broker
LONG_PATIENCE: Final = 4.0
REST_AFTER_FAILURE: Final = 5.0

_rests_until = 0.0


def send(jobs: Iterable[Job], *, patient: bool = False) -> int:
    """Tell the workers of these jobs, in this order; returns how many hints the broker took.

    Never raises for a lost broker. `patient` is for those whom nobody waits for: they allow a busy broker its time and
    try again at once.
    """
    global _rests_until
    sent = 0
    if not patient and time.monotonic() < _rests_until:
        return sent
    try:
        with producers[_connection(patient)].acquire(block=True, timeout=PATIENCE) as producer:
            for job in jobs:
                _publish(job, producer)
                sent += 1
    except Exception as error:  # whatever is wrong with the broker, the row is safe
        _rests_until = time.monotonic() + REST_AFTER_FAILURE
        logger.warning("The broker took no hint (%s); the sweeper sends it later.", type(error).__name__)
    return sent


def waiting(*, heavy: bool, patient: bool = False) -> int | None:
    """How many hints lie in the queue; None when the broker does not answer."""
    try:
        with connections[_connection(patient)].acquire(block=True, timeout=PATIENCE) as connection:
            channel = connection.default_channel
            return int(channel.queue_declare(QUEUES[heavy], passive=True).message_count)
    except Exception as error:  # see send()
        if "NOT_FOUND" in str(error):
            return 0  # nobody has used the queue yet
        return None


def _connection(patient: bool) -> Any:
    wait = LONG_PATIENCE if patient else PATIENCE
    options = app.conf.broker_transport_options | {"socket_timeout": wait, "socket_connect_timeout": wait}
    return app.connection_for_write(connect_timeout=wait, transport_options=options)


def _publish(job: Job, producer: Any) -> None:
    app.send_task(
        TASK,
        args=[job.pk],
        queue=QUEUES[job.is_heavy],
        producer=producer,
        retry=False,
        soft_time_limit=SOFT_LIMITS[job.is_heavy],
        time_limit=HARD_LIMITS[job.is_heavy],
    )
