"""Forget what signing in left behind and nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from accounts.models import Invitation
from accounts.services import throttle

INVITATIONS_KEPT: Final = timedelta(days=30)


def forget_expired(*, now: datetime) -> dict[str, int]:
    """Delete ended sessions, counters of failed sign-ins and invitations that nobody accepted for a month."""
    sessions = Session.objects.filter(expire_date__lt=now).delete()[0]
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive), last_seen_at__lt=now - timedelta(days=1)).delete()
    invitations = Invitation.objects.unanswered().filter(expires_at__lt=now - INVITATIONS_KEPT).delete()[0]
    return {"sessions": sessions, "counters": throttle.forget_old(now=now), "invitations": invitations}
