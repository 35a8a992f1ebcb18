"""Which people, tokens, entries and views."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(VersionedQuerySet):
    """People."""

    def active(self) -> Self:
        """People who may sign in."""
        return self.filter(is_active=True)


class ApiTokenQuerySet(models.QuerySet):
    """API tokens."""

    def usable(self, now: datetime) -> Self:
        """Tokens that are neither revoked nor expired and whose owner may sign in."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now, owner__is_active=True)

    def visible_to(self, user: User) -> Self:
        """One's own tokens; an administrator sees all."""
        if user.has_role("administrator"):
            return self
        return self.filter(owner=user)


class AuditEntryQuerySet(models.QuerySet):
    """Entries of the audit trail."""

    def for_list(self) -> Self:
        """Everything the audit list shows, newest first."""
        return self.select_related("actor").order_by("-at", "-id")


class SavedViewQuerySet(VersionedQuerySet):
    """Saved views of lists."""

    def visible_to(self, user: User) -> Self:
        """One's own views and those that were shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True)).order_by("name")
