"""Access that ended stays ended, also after an older database was restored."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services.users import end_sessions
from kcrm.lib.aftermath import ends


@ends("token")
def end_token(key: str) -> bool:
    """Revoke the token with this digest; False when it is unknown or revoked."""
    return bool(ApiToken.objects.filter(digest=key).unrevoked().update(revoked_at=timezone.now()))


@ends("user")
def end_user(key: str) -> bool:
    """Deactivate the person with this id; False when unknown or inactive."""
    person = User.objects.filter(pk=int(key), is_active=True).first()
    if person is None:
        return False
    person.apply({"is_active": False})
    end_sessions(person)
    ApiToken.objects.filter(owner=person).unrevoked().update(revoked_at=timezone.now())
    return True


@ends("user-back")
def let_in_again(key: str) -> bool:
    """Somebody who was deactivated and let in again after that is in."""
    person = User.objects.filter(pk=int(key), is_active=False).first()
    return person is not None and bool(person.apply({"is_active": True}))


def end_all_sessions() -> int:
    """Sign everybody out: sessions of an older database may have been ended since. Returns how many."""
    return Session.objects.all().delete()[0]
