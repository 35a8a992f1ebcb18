"""What people are told, how they want to be told, and the mail that tells them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jobs import messages
from jobs.querysets import EmailMessageQuerySet, NotificationQuerySet


class EmailChoice(models.TextChoices):
    """When a notification goes out by e-mail."""

    NOW = "now", _("at once")
    DIGEST = "digest", _("in the morning digest")
    OFF = "off", pgettext_lazy("by e-mail", "never")


class EmailMessage(models.Model):
    """A mail in the outbox: written with the business change, rendered in the reader's language when it is sent.

    `sending` is committed before the mail server is asked. A crash right then leaves it behind, and whether the mail
    went out is unknown: a person decides, nothing sends it blindly again. `message_id` follows from the key, so that
    even a mail sent twice is one mail to the reader's program.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("perhaps sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    template = models.CharField(max_length=60)
    subject = models.CharField(max_length=250)
    values = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    error_kind = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = EmailMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["queued", "sending", "failed", "unknown"]),
                name="jobs_email_not_sent",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Notification(models.Model):
    """Something a person should know; told once per key, whatever happens to jobs and brokers.

    The row stands even where the person wants to hear nothing (`in_app` false, `email` off): it is the proof that the
    matter was dealt with. `customer_id` is a plain number, because customers live above this app; those who may no
    longer see the customer no longer see the notification.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(max_length=200)
    subject = models.CharField(_("subject"), max_length=250)
    values = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=300, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    in_app = models.BooleanField(default=True)
    email = models.CharField(max_length=10, choices=EmailChoice.choices, default=EmailChoice.DIGEST)
    message = models.ForeignKey(EmailMessage, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices")
    created_at = models.DateTimeField(_("when"), db_default=Now())
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="jobs_notification_once_per_person")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], condition=Q(in_app=True), name="jobs_notification_of_person"),
            models.Index(
                fields=["user"], condition=Q(in_app=True, read_at__isnull=True), name="jobs_notification_unread"
            ),
            models.Index(
                fields=["user"], condition=Q(email="digest", message__isnull=True), name="jobs_notification_for_digest"
            ),
            models.Index(fields=["created_at"], name="jobs_notification_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def text(self) -> str:
        """The sentence, in the reader's language."""
        return messages.readable(self.subject, self.values)


class NotificationSetting(models.Model):
    """How one person wants to hear of one kind; where there is no row, the kind's own default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField(_("in KCRM"), default=True)
    email = models.CharField(_("by e-mail"), max_length=10, choices=EmailChoice.choices, default=EmailChoice.DIGEST)

    class Meta:
        verbose_name = _("notification setting")
        verbose_name_plural = _("notification settings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="jobs_notificationsetting_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
