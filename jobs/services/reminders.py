"""Turn what is due into notifications, each once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from jobs.reminders import Source
from jobs.services.notifications import Notice, notify_many

logger = logging.getLogger(__name__)

BATCH: Final = 500


def remind(*, key: str, source: Source, now: datetime) -> int:
    """Tell what this source has due; returns how many reminders were new."""
    due = _due(key, source, now)
    told = 0
    while batch := list(islice(due, BATCH)):
        told += notify_many(batch)
    return told


def _due(key: str, source: Source, now: datetime) -> Iterator[Notice]:
    for reminder in source(now):
        if reminder.due_at > now or not reminder.user.is_active:
            continue
        yield Notice(
            user=reminder.user,
            kind=key,
            key=f"{key}:{reminder.key}:{reminder.due_at.isoformat()}"[:200],
            subject=reminder.subject,
            params=reminder.params,
            url=reminder.url,
            customer_id=reminder.customer_id,
            urgent=reminder.urgent,
        )
