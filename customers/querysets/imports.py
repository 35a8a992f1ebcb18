"""Which imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class ImportBatchQuerySet(VersionedQuerySet):
    """Imports."""

    def visible_to(self, user: User) -> Self:
        """One's own imports; for those who keep or audit the system all of them, without their rows."""
        if allows("import_batch", Verb.READ, global_standings(user.roles)):
            return self
        return self.filter(created_by=user)
