"""Slow down guessing: ten failures for an account or fifty from an address, then ever longer waits, never a lock-out.

An attempt is counted before the password is looked at and given back when it was right, so that a thousand guesses
at once are no better than a thousand one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import SignInFailures

WINDOW: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 10
PER_ADDRESS: Final = 50
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


def _keys(email: str, address: str | None) -> Iterator[tuple[str, int]]:
    """The counters of an attempt with their limits, in one order everywhere so that two attempts cannot deadlock."""
    named = [(f"account:{email.strip().lower()}", PER_ACCOUNT)]
    if address:
        named.append((f"address:{address}", PER_ADDRESS))
    return iter(sorted((hashlib.sha256(name.encode()).hexdigest(), limit) for name, limit in named))


@transaction.atomic
def take_attempt(*, email: str, address: str | None, now: datetime) -> timedelta | None:
    """Count an attempt to sign in. Answers None to go ahead, or how long to wait; then nothing is counted."""
    keys = list(_keys(email, address))
    SignInFailures.objects.bulk_create(
        [SignInFailures(key=key, last_at=now) for key, _limit in keys], ignore_conflicts=True
    )
    found = SignInFailures.objects.select_for_update().order_by("key").in_bulk([key for key, _limit in keys])
    waits = [row.blocked_until - now for row in found.values() if row.blocked_until and row.blocked_until > now]
    if waits:
        return max(waits)
    for key, limit in keys:
        row = found[key]
        row.count = 1 if now - row.last_at > WINDOW else row.count + 1
        row.last_at = now
        row.blocked_until = now + _wait(row.count - limit) if row.count >= limit else None
        row.save(update_fields=["count", "last_at", "blocked_until"])
    return None


def _wait(beyond: int) -> timedelta:
    """Thirty seconds at the limit, twice as long with each further failure, a quarter of an hour at most."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(beyond, 10))


@transaction.atomic
def give_back(*, email: str, address: str | None) -> None:
    """The attempt was right: forget the account's failures, and this one attempt of the address.

    The address keeps its other failures, otherwise one's own account would refill the guesses at others'.
    """
    for key, limit in _keys(email, address):
        row = SignInFailures.objects.filter(key=key)
        if limit == PER_ACCOUNT:
            row.delete()
        else:
            row.update(count=Greatest(F("count") - 1, 0), blocked_until=None)


def forget_old(*, now: datetime) -> int:
    """Delete counters that no longer matter; returns how many."""
    return SignInFailures.objects.filter(last_at__lt=now - 4 * WINDOW).delete()[0]
