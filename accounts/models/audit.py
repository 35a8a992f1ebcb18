"""The audit trail: who did what to which record, before and after."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One act: a write, grant, sign-in, denial or export. Written once; the database refuses to change it.

    `changes` holds {field: [before, after]}; values of protected field classes are masked before they get here.
    `customer_id` is a plain number, so that the entry outlives the customer and the app stays at the bottom.
    """

    class Action(models.TextChoices):
        CREATE = "create", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("deleted")
        RESTORE = "restore", _("restored")
        MERGE = "merge", _("merged")
        UNDO = "undo", _("undone")
        IMPORT = "import", _("imported")
        EXPORT = "export", _("exported")
        READ = "read", _("read protected values")
        GRANT = "grant", _("granted")
        REVOKE = "revoke", _("revoked")
        APPROVE = "approve", _("approved")
        SIGN_IN = "sign-in", _("signed in")
        SIGN_IN_FAILED = "sign-in-failed", _("failed to sign in")
        SIGN_OUT = "sign-out", _("signed out")
        DENIED = "denied", _("was refused")
        RUN = "run", _("ran")

    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("audit", "who"),
    )
    token_prefix = models.CharField(_("by token"), max_length=12, blank=True)
    via = models.CharField(_("through"), max_length=20, default="page")
    action = models.CharField(_("act"), max_length=20, choices=Action.choices)
    subject_type = models.CharField(_("kind"), max_length=60, blank=True)
    subject_id = models.BigIntegerField(_("id"), null=True)
    subject_label = models.CharField(_("what"), max_length=250, blank=True)
    customer_id = models.BigIntegerField(_("customer"), null=True)
    changes = models.JSONField(_("before and after"), default=dict)
    reason = models.CharField(_("why"), max_length=500, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    address = models.GenericIPAddressField(_("from address"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="accounts_audit_newest_first"),
            models.Index(fields=["subject_type", "subject_id", "-at"], name="accounts_audit_by_subject"),
            models.Index(fields=["customer_id", "-at"], name="accounts_audit_by_customer"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'The audit trail cannot be emptied.';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"
