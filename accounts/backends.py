"""Who is behind a session."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.models.stamps import fields_stamp


class SessionBackend(AuthenticationBackend):
    """Reads the person of a session, with the stamps of settings that his request will need."""

    def get_user(self, user_id: Any) -> User | None:
        """The person, if he may sign in."""
        user = User.objects.annotate(fields_stamp=fields_stamp()).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
