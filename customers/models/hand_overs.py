"""That an account changed hands, with what the new owner needs to know, so that it can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from customers.querysets import CustomerPartQuerySet


class HandOver(models.Model):
    """One account that got a new owner: from whom, to whom, with which note, and what moved with it.

    `ended` holds the memberships that ended with it, as they were; `task_ids` the open tasks that moved.
    """

    access_resource: ClassVar[str] = "account_team"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="hand_overs")
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("former owner")
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("new owner")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note"))
    membership_id = models.BigIntegerField()
    ended = models.JSONField(default=list)
    task_ids = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="customers_handover_newest")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.to_user_id}"
