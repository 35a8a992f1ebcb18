"""The outbox, the feed of published changes, webhook endpoints and what was delivered to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feed.querysets import ChangeQuerySet, DeliveryQuerySet, EndpointQuerySet
from kcrm.lib.models import VersionedModel


class Outgoing(models.Model):
    """An act that was just committed and waits for its place in the feed.

    Written in the transaction of the act, by a trigger on the audit trail or by a service; taken away when it is
    published. `event` is empty for acts of the trail, whose words are `subject_type` and `action`.
    """

    event = models.CharField(max_length=60, blank=True)
    subject_type = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=20, blank=True)
    object_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=100), default=list)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("waiting change")
        verbose_name_plural = _("waiting changes")

    def __str__(self) -> str:
        return self.event or f"{self.subject_type} {self.action}"


class Change(models.Model):
    """A committed change with its place in the feed.

    One publisher at a time gives out the numbers, after the change was committed: whoever has read up to a number has
    missed nothing before it. It says that something changed and where, never what.
    """

    seq = models.BigAutoField(primary_key=True)
    event = models.CharField(_("event"), max_length=60)
    resource = models.CharField(_("kind"), max_length=40)
    object_id = models.BigIntegerField(_("id"), null=True)
    customer_id = models.BigIntegerField(_("customer"), null=True)
    fields = ArrayField(models.CharField(max_length=100), verbose_name=_("fields"), default=list)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"))
    published_at = models.DateTimeField(db_default=Now())

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes: ClassVar = [models.Index(fields=["published_at"], name="feed_change_published")]

    def __str__(self) -> str:
        return f"{self.seq} {self.event}"


class Endpoint(VersionedModel):
    """An address of another system that is told of changes.

    Its secret is kept sealed and shown once. After a rotation both secrets sign until `former_until`. After twenty
    failures in a row it is cut off until `open_until`, and then tried again with one delivery.
    """

    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"), default=list, blank=True)
    secret = models.TextField(editable=False)
    former_secret = models.TextField(editable=False, blank=True)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    is_paused = models.BooleanField(_("paused"), default=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    open_until = models.DateTimeField(_("cut off until"), null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(_("last delivered"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)

    field_classes: ClassVar[dict[str, str]] = {"secret": "F7", "former_secret": "F7"}

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], name="feed_endpoint_name_once")]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One change for one endpoint: sent until it is taken, for a day at most."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "waiting")
        DELIVERED = "delivered", pgettext_lazy("delivery", "delivered")
        FAILED = "failed", pgettext_lazy("delivery", "given up")

    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("change"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    since = models.DateTimeField(_("since"), db_default=Now())
    next_at = models.DateTimeField(_("next attempt"), db_default=Now())
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    error = models.CharField(_("what was wrong"), max_length=300, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "change"], name="feed_delivery_once_per_endpoint")
        ]
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "next_at"], condition=Q(state="waiting"), name="feed_delivery_due"),
            models.Index(fields=["endpoint", "-id"], name="feed_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.change_id}"
