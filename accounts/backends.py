"""Who is behind a session."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.models.stamps import fields_stamp
from kcrm.lib.prepared import Prepared, Slot

PERSON: Final = Prepared.once(lambda: User.objects.annotate(fields_stamp=fields_stamp()).filter(pk=Slot("pk")))


class SessionBackend(AuthenticationBackend):
    """Reads the person of a session, with the stamps of settings that his request will need."""

    def get_user(self, user_id: Any) -> User | None:
        """The person, if he may sign in."""
        user = PERSON().first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
