"""Seals over the audit trail."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuditSeal(models.Model):
    """A stretch of the audit trail whose entries can no longer change unseen.

    A seal is first *open*: it names the last entry that it will cover and the transactions that were writing to the
    trail at that moment. Once they have ended, no entry with a lower number can appear any more, and the seal is
    *closed* with its digest. So sealing takes no lock that would make anybody wait.
    """

    until_id = models.BigIntegerField(_("last entry"), unique=True)
    waits_for = ArrayField(models.CharField(max_length=40), verbose_name=_("transactions to wait for"))
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    closed_at = models.DateTimeField(pgettext_lazy("seal", "closed at"), null=True)
    count = models.PositiveIntegerField(_("entries"), default=0)
    row_digests = models.BinaryField(default=b"")
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, digest="") | (Q(closed_at__isnull=False) & ~Q(digest="")),
                name="accounts_auditseal_closed_with_digest",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="close_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__closed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.until_id}: {self.digest[:12]}"
