"""When a delivery is tried again, how it is signed. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=6)
GIVE_UP: Final = timedelta(hours=24)
FAILURES_TO_OPEN: Final = 20
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the mark of a secret, not one


def pause_before(attempt: int, chance: float) -> timedelta:
    """How long to wait after the failed attempt number `attempt` (from 1): doubling from one minute to six hours.

    `chance` between 0 and 1 spreads it by a fifth to either side, so that endpoints that failed together do not
    come back together.
    """
    full = min(FIRST * 2 ** min(attempt - 1, 20), LONGEST)
    return full * (0.8 + 0.4 * chance)


def is_over(since: datetime, now: datetime) -> bool:
    """Whether a delivery that waits since then is given up."""
    return now - since >= GIVE_UP


def signature(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of Standard Webhooks: one `v1,` part for each secret.

    Secrets are `whsec_` and base64. Source: standardwebhooks.com, specification 1.0.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    parts = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
        parts.append("v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode())
    return " ".join(parts)
