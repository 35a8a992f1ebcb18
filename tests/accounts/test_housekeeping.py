"""What signing in leaves behind is forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import Invitation, SignInFailures, User
from accounts.services import throttle
from accounts.services.housekeeping import forget_expired

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_ended_sessions_old_counters_and_stale_invitations_go(person: User) -> None:
    Session.objects.create(session_key="ended", session_data="", expire_date=NOW - timedelta(seconds=1))
    Session.objects.create(session_key="alive", session_data="", expire_date=NOW + timedelta(hours=1))
    for key in ("ended", "alive"):
        UserSession.objects.create(
            user=person, session_key=key, ip="10.0.0.1", user_agent="x", last_seen_at=NOW - timedelta(days=2)
        )
    throttle.take_attempt(email="a@example.com", address=None, now=NOW - timedelta(hours=2))
    for number, age in enumerate((31, 29)):
        Invitation.objects.create(
            email="a@example.com",
            full_name="A",
            digest=str(number),
            invited_by=person,
            expires_at=NOW - timedelta(days=age),
        )

    gone = forget_expired(now=NOW)

    assert gone == {"sessions": 1, "counters": 1, "invitations": 1}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["alive"]
    assert not SignInFailures.objects.exists()
