"""Bulk edits, seen by who makes them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from kcrm.lib.models import VersionedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class BulkEditQuerySet(VersionedQuerySet):
    """Bulk edits."""

    def visible_to(self, user: User) -> Self:
        """One's own: an edit holds what its records were, which others may not know."""
        return self.filter(created_by=user)

    def older_than(self, moment: datetime) -> Self:
        """Edits that were made before this moment."""
        return self.filter(created_at__lt=moment)


class BulkRowQuerySet(models.QuerySet["models.Model"]):
    """The rows of bulk edits, in the order in which they were chosen."""

    def waiting(self) -> Self:
        """Rows that are still to be changed."""
        return self.filter(outcome="").order_by("pk")

    def to_take_back(self) -> Self:
        """Changed rows that nobody has tried to take back yet, the last first."""
        return self.filter(outcome="changed", undo="").order_by("-pk")

    def refused(self) -> Self:
        """Rows that were left as they are, for a reason."""
        return self.filter(outcome="refused").order_by("pk")

    def kept(self) -> Self:
        """Rows that could not be taken back."""
        return self.filter(undo="kept").order_by("pk")
