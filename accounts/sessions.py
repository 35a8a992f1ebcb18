"""Sessions in the database, as Django keeps them; read with a statement that is written once."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from kcrm.lib.prepared import Prepared, Slot

DATA: Final = Prepared.once(
    lambda: Session.objects.filter(
        session_key=Slot("key", CharField()), expire_date__gt=Slot("now", DateTimeField())
    ).values_list("session_data")
)


class SessionStore(DatabaseStore):
    """The session of a visitor."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and another key, once it has expired."""
        found = DATA().words.fetch(key=self.session_key, now=timezone.now())
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])
