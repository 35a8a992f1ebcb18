"""Files and agreements."""

from __future__ import annotations

import secrets
from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from customers.querysets import AgreementQuerySet, CustomerPartQuerySet
from fields.models import Customisable
from kcrm.lib.models import SoftDeleteModel


def random_path(document: Document, file_name: str) -> str:
    """A name that cannot be guessed and keeps nothing of what the sender called the file."""
    return f"documents/{secrets.token_hex(2)}/{secrets.token_hex(24)}"


@pghistory.track()
class Document(SoftDeleteModel):
    """A file about a customer: served to those who may see the customer, always as a download."""

    access_resource: ClassVar[str] = "document"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="documents", verbose_name=_("customer")
    )
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=random_path, max_length=200)
    file_name = models.CharField(_("file name"), max_length=200, editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    size = models.BigIntegerField(_("size"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes: ClassVar = [models.Index(fields=["customer", "-created_at"], name="customers_document_newest")]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Agreement(Customisable, SoftDeleteModel):
    """A contract or price agreement with a customer: when it holds and when notice must be given."""

    class Kind(models.TextChoices):
        FRAMEWORK = "framework", _("Framework contract")
        SUPPLY = "supply", _("Supply contract")
        PRICE = "price", _("Price agreement")
        SERVICE = "service", _("Service level agreement")
        CONFIDENTIALITY = "confidentiality", _("Confidentiality agreement")

    access_resource: ClassVar[str] = "agreement"
    field_classes: ClassVar[dict[str, str]] = {"annual_value": "F1"}

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="agreements", verbose_name=_("customer")
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.FRAMEWORK)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), null=True, blank=True)
    renews = models.BooleanField(_("renews by itself"), default=False)
    annual_value = models.DecimalField(_("value a year"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    document = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="agreements", verbose_name=_("file")
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="customers_agreement_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="customers_agreement_iso_currency"),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_on"], name="customers_agreement_ending")]

    def __str__(self) -> str:
        return self.title
