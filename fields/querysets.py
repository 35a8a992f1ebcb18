"""Which custom fields."""

from __future__ import annotations

from typing import Self

from kcrm.lib.models import VersionedQuerySet


class CustomFieldQuerySet(VersionedQuerySet):
    """Custom fields."""

    def of_type(self, record_type: str) -> Self:
        """The fields of one kind of record in their order."""
        return self.filter(record_type=record_type).order_by("position", "pk")

    def live(self) -> Self:
        """Fields that are in use."""
        return self.filter(retired_at__isnull=True)
