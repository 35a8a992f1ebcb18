"""The scheduler: one leader at a time looks along the schedules and reminds the workers of waiting jobs.

Leadership is a PostgreSQL advisory lock, held by a connection of its own: it ends with the process or its connection.
Everything the leader does is safe to do twice, so that a moment with two leaders does no harm.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import timedelta
from typing import Any, Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections

from jobs.models import Heartbeat
from jobs.schedules import declared_schedules, turns
from jobs.services import schedules

logger = logging.getLogger(__name__)

LOCK: Final = 0x4B43_524D  # "KCRM": the number of the leader's lock
HEARTBEAT: Final = "scheduler"
TICK: Final = 2.0
SILENCE_OF_A_LEADER: Final = timedelta(seconds=40)  # longer, and the others take its place
# A leader on a machine that vanished must not hold the lock for the two hours that TCP waits.
KEEP_ALIVE: Final = (
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
    "SET statement_timeout = '15s'; SET idle_session_timeout = 0"
)


class Leadership:
    """The leader's lock, on a connection that does nothing else."""

    def __init__(self) -> None:
        self._connection: Any = None
        self.is_held = False

    def seek(self) -> bool:
        """Take the lock if it is free, or make sure that it is still ours; whether we lead."""
        try:
            if self._connection is None:
                self._connection = connections.create_connection("default")
                self._ask(KEEP_ALIVE)
            if self.is_held:
                self._ask("SELECT 1")
            else:
                self.is_held = bool(self._ask("SELECT pg_try_advisory_lock(%s)", LOCK))
        except (DatabaseError, InterfaceError):
            self.give_up()
        return self.is_held

    def unseat(self) -> None:
        """End the session of a leader that holds the lock but does nothing: a stopped process, a machine that hangs."""
        self._ask(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = %s"
            " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            LOCK,
        )

    def give_up(self) -> None:
        """Let go of the lock and its connection."""
        self.is_held = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, statement: str, *values: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


class Scheduler:
    """The loop. `stop` may be called from a signal handler."""

    def __init__(self) -> None:
        self.leadership = Leadership()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End after the present turn."""
        self._stopped.set()

    def run(self) -> None:
        """Take turns until stopped. A lost database ends no scheduler: it waits and tries again."""
        led = False
        while not self._stopped.is_set():
            leads = self.leadership.seek()
            if leads != led:
                logger.info("Scheduler %s %s.", self.name, "leads" if leads else "no longer leads")
                led = leads
            try:
                self.lead() if leads else self.watch()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Scheduler %s: no turn (%s).", self.name, type(error).__name__)
                connection.close()
            close_old_connections()
            self._stopped.wait(TICK)
        self.leadership.give_up()
        connection.close()

    def lead(self) -> None:
        """One turn of the leader. A schedule that fails does not hold up the others, nor the sweep."""
        schedules.beat(name=HEARTBEAT, detail=self.name)
        now = schedules.database_now()
        for declared in declared_schedules():
            try:
                schedules.look_along(declared=declared, now=now)
            except (DatabaseError, InterfaceError):
                raise
            except Exception:
                logger.exception("The schedule %s failed.", declared.key)
        for turn in turns():
            try:
                turn(now)
            except (DatabaseError, InterfaceError):
                raise
            except Exception:
                logger.exception("The turn %s failed.", turn)
        schedules.sweep()

    def watch(self) -> None:
        """One turn of the others: replace a leader that fell silent."""
        beat = Heartbeat.objects.filter(name=HEARTBEAT).first()
        if beat is not None and schedules.database_now() - beat.at > SILENCE_OF_A_LEADER:
            logger.warning("The leader %s is silent; its session is ended.", beat.detail)
            self.leadership.unseat()
