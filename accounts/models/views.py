"""Saved views of lists."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import SavedViewQuerySet
from kcrm.lib.models import VersionedModel


class SavedView(VersionedModel):
    """A named state of a list: its filters, order and columns as the address line writes them.

    A shared view shows everybody the same question; each sees only the rows he may see.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    list_key = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared with everybody"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "list_key", "name"], name="accounts_savedview_name_once_per_list")
        ]

    def __str__(self) -> str:
        return self.name
