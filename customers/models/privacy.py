"""What people outside our company have a right to: their consents, their requests, and what forbids erasing them."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.contacts import Contact
from customers.models.customers import Customer
from customers.querysets import ConsentQuerySet, CustomerPartQuerySet
from kcrm.lib.models import VersionedModel


class Purpose(models.TextChoices):
    """What a person agrees to; each is asked for by itself."""

    NEWS = "news", _("news and offers")
    SURVEY = "survey", _("surveys")
    EVENT = "event", _("invitations to events")
    SENSITIVE = "sensitive", _("keeping sensitive data")
    PASSING_ON = "passing-on", _("passing data on to others")
    ABROAD = "abroad", _("transfer abroad")


class Consent(models.Model):
    """A person gave or withdrew a consent. Written once; the newest row of a purpose holds."""

    class Channel(models.TextChoices):
        """How it was said."""

        WRITTEN = "written", _("in writing")
        EMAIL = "email", _("by e-mail")
        WEB = "web", _("on a web page")
        SPOKEN = "spoken", _("in conversation")

    access_resource: ClassVar[str] = "privacy"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents", verbose_name=_("contact"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    is_given = models.BooleanField(_("given"))
    text_version = models.CharField(_("version of the text"), max_length=40, blank=True)
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    source = models.CharField(_("evidence"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes: ClassVar = [models.Index(fields=["contact", "purpose", "-at"], name="customers_consent_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_given=False) | ~Q(text_version=""), name="customers_consent_names_its_text"
            )
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose}"


@pghistory.track()
class PrivacyRequest(VersionedModel):
    """Somebody wants to know what we keep about him, or wants it erased: asked, decided by a director, carried out."""

    class Kind(models.TextChoices):
        """What is asked for."""

        ACCESS = "access", _("copy of the data")
        ERASURE = "erasure", _("erasure")

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", _("to decide")
        APPROVED = "approved", _("to carry out")
        REFUSED = "refused", _("refused")
        DONE = "done", _("carried out")

    access_resource: ClassVar[str] = "privacy"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", verbose_name=_("customer"))
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="privacy_requests", verbose_name=_("contact")
    )
    kind = models.CharField(_("asks for"), max_length=10, choices=Kind)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("answer due on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    executed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("carried out by"),
    )
    executed_at = models.DateTimeField(_("carried out at"), null=True)
    certificate = models.JSONField(_("what was done"), default=dict)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("received_on")), name="customers_privacy_due_later"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False), name="customers_privacy_is_decided"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("opened_by")),
                name="customers_privacy_second_person",
            ),
            models.UniqueConstraint(
                fields=["contact", "kind"],
                condition=Q(state__in=["open", "approved"]),
                name="customers_privacy_one_at_a_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="customers_privacy_by_due")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class LegalHold(models.Model):
    """What is kept about a person must stay for now: a dispute, a duty to keep records."""

    access_resource: ClassVar[str] = "privacy"

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="holds", verbose_name=_("contact"))
    reason = models.CharField(_("reason"), max_length=300)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("placed by")
    )
    placed_at = models.DateTimeField(_("placed at"), default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")

    def __str__(self) -> str:
        return f"#{self.pk}"
