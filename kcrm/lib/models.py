"""Bases for the models of every app: versions for optimistic concurrency, soft deletion, time stamps."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kcrm.lib.errors import StaleVersion


class VersionedQuerySet(models.QuerySet[Any]):
    """Rows that several people may edit at once."""

    def locked(self, pk: int, version: int | None) -> Any:
        """The row with this key, locked until the transaction ends.

        Raises `DoesNotExist` when it is not among these rows, `StaleVersion` when `version` is not the stored one.
        `version=None` skips the comparison: for jobs and services that change a row they did not show to anybody.
        """
        row = self.select_for_update(of=("self",)).get(pk=pk)
        if version is not None and row.version != version:
            raise StaleVersion(_("Somebody else saved this first. Compare both versions and save again."), current=row)
        return row


class VersionedModel(models.Model):
    """A row with an integer version that grows by one with each accepted change."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def apply(self, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Set the values, save what really changed under a new version, and return {field: [before, after]}.

        An empty answer means that nothing differed and nothing was written.
        """
        changes: dict[str, list[Any]] = {}
        for name, after in values.items():
            column = self._meta.get_field(name).attname  # type: ignore[union-attr]  # only own fields are changed
            before = getattr(self, column)
            setattr(self, name, after)
            now = getattr(self, column)
            if before != now:
                changes[name] = [before, now]
        if changes:
            self.version += 1
            self.updated_at = timezone.now()
            self.save(update_fields=[*changes, "version", "updated_at"])
        return changes

    def touch(self) -> None:
        """Grow the version for a change beside the row's own columns, such as its tags."""
        self.version += 1
        self.updated_at = timezone.now()
        self.save(update_fields=["version", "updated_at"])


class SoftDeleteQuerySet(VersionedQuerySet):
    """Rows that go to a bin first."""

    def alive(self) -> Self:
        """Rows that are not in the bin."""
        return self.filter(deleted_at__isnull=True)

    def in_bin(self) -> Self:
        """Rows in the bin, restorable until the retention rule purges them."""
        return self.filter(deleted_at__isnull=False)


class SoftDeleteModel(VersionedModel):
    """A business record that is deleted into a bin and can be restored."""

    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
