"""How much one person or program may ask for: so many calls a second, so many heavy ones at once.

Calls are counted in Redis, where every process sees them; while Redis is away each process counts for itself, so that
nothing stops. What runs at once is counted by PostgreSQL's advisory locks, which end with the transaction.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Final

import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kcrm.lib.errors import TooMuchAtOnce

logger = logging.getLogger(__name__)

AT_ONCE: Final = 2
REDIS_PATIENCE: Final = 0.1
AVOID_REDIS_FOR: Final = 5.0
KNOWN_AT_MOST: Final = 10_000
# The generic cell rate algorithm: one number a caller says when his bucket will be empty again.
BUCKET: Final = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local step, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + step
local wait = empty - now - step * burst
if wait > 0 then return tostring(wait) end
redis.call('SET', KEYS[1], string.format('%.6f', empty), 'PX', math.ceil((empty - now) * 1000) + 1)
return '0'
"""


def wait_for_call(caller: str) -> float:
    """Seconds until this caller may call again; 0 and the call is counted. A rate of 0 counts nobody."""
    rate, burst = settings.KCRM_API_RATE, settings.KCRM_API_BURST
    if not rate:
        return 0.0
    found = _shared.wait(caller, 1 / rate, burst)
    return _own.wait(caller, 1 / rate, burst) if found is None else found


class SharedBuckets:
    """The buckets of all processes, in Redis."""

    def __init__(self) -> None:
        self._avoid_until = 0.0

    def wait(self, caller: str, step: float, burst: int) -> float | None:
        """Seconds to wait; None while Redis does not answer. It is asked again after a few seconds."""
        if time.monotonic() < self._avoid_until:
            return None
        try:
            return float(_script()(keys=[f"kcrm:calls:{caller}"], args=[step, burst]))
        except (redis.RedisError, OSError) as error:
            logger.warning("Calls are counted by each process alone: Redis is away (%s).", type(error).__name__)
            self._avoid_until = time.monotonic() + AVOID_REDIS_FOR
            return None


class OwnBuckets:
    """The buckets of this process alone."""

    def __init__(self) -> None:
        self._empty: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, caller: str, step: float, burst: int) -> float:
        """Seconds to wait; 0 and the call is counted."""
        now = time.monotonic()
        with self._lock:
            if len(self._empty) > KNOWN_AT_MOST:
                self._empty = {key: moment for key, moment in self._empty.items() if moment > now}
            empty = max(self._empty.get(caller, now), now) + step
            wait = empty - now - step * burst
            if wait > 0:
                return wait
            self._empty[caller] = empty
        return 0.0


_shared, _own = SharedBuckets(), OwnBuckets()


@cache
def _script() -> Any:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_PATIENCE, socket_connect_timeout=REDIS_PATIENCE
    )
    return client.register_script(BUCKET)


def take_place(kind: str, user_id: int) -> None:
    """Take one of the two places that a person has for this kind of work, until the transaction ends.

    Raises TooMuchAtOnce when both are taken. Call it inside a transaction.
    """
    with connection.cursor() as cursor:
        for place in range(AT_ONCE):
            digest = hashlib.blake2b(f"{kind}:{user_id}:{place}".encode(), digest_size=8).digest()
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest, "big", signed=True)])
            if cursor.fetchone()[0]:
                return
    raise TooMuchAtOnce(
        _("You have two of these under way already. Wait until one has ended."), code="too_much_at_once"
    )


def at_once(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a person do what a view method does twice at once and no more; the method becomes one transaction."""

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def wrapper(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
            with transaction.atomic():
                take_place(kind, request.user.pk)
                return method(view, request, *args, **kwargs)

        return wrapper

    return decorate
