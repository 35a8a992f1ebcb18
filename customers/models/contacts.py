"""People at customers. One person may hold roles at several customers, each for a time."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customers import BuyingUnit, Customer
from customers.querysets import ContactQuerySet, CustomerPartQuerySet
from fields.models import Customisable
from kcrm.lib.models import SoftDeleteModel, VersionedModel


@pghistory.track(level=pghistory.Statement)
class Contact(Customisable, SoftDeleteModel):
    """A person outside our company. The private part is for those who look after him only."""

    field_classes: ClassVar[dict[str, str]] = {
        "full_name": "F6",
        "email": "F6",
        "phone": "F6",
        "mobile": "F6",
        "birthday": "F6P",
        "home_address": "F6P",
        "private_phone": "F6P",
        "chat_id": "F6P",
    }

    full_name = models.CharField(_("name"), max_length=150)
    name_sort = models.CharField(max_length=200, editable=False, default="")
    name_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    salutation = models.CharField(_("salutation"), max_length=40, blank=True)
    email = models.EmailField(_("work e-mail"), blank=True)
    phone = models.CharField(_("work phone"), max_length=50, blank=True)
    mobile = models.CharField(_("work mobile"), max_length=50, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    home_address = models.CharField(_("home address"), max_length=250, blank=True)
    private_phone = models.CharField(_("private phone"), max_length=50, blank=True)
    chat_id = models.CharField(_("chat id"), max_length=100, blank=True)
    left_on = models.DateField(_("left the company on"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("merged into"),
    )  # fmt: skip

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes: ClassVar = [
            models.Index(fields=["name_sort", "id"], name="customers_contact_by_name"),
            models.Index(fields=["email"], name="customers_contact_by_email"),
            GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_contact_own_fields"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name="customers_contact_external_once",
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def audit_label(self) -> str:
        """How the audit trail calls the person: not by name."""
        return f"#{self.pk}"


@pghistory.track(level=pghistory.Statement)
class ContactRole(VersionedModel):
    """What a person is at one customer, from a day until before another."""

    access_resource: ClassVar[str] = "contact"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="roles", verbose_name=_("contact"))
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="contact_roles", verbose_name=_("customer")
    )
    buying_unit = models.ForeignKey(
        BuyingUnit, on_delete=models.SET_NULL, null=True, blank=True, related_name="contact_roles",
        verbose_name=_("buying unit"),
    )  # fmt: skip
    job_title = models.CharField(_("job title"), max_length=150, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    is_primary = models.BooleanField(_("first person to call"), default=False)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("role at a customer")
        verbose_name_plural = _("roles at customers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=models.F("valid_from")),
                name="customers_contactrole_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["contact", "customer", "valid_from"],
                nulls_distinct=False,
                name="customers_contactrole_once_per_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}, {self.job_title}"

    @property
    def audit_label(self) -> str:
        """How the audit trail calls the role: not by the person's name."""
        return f"#{self.contact_id}"
