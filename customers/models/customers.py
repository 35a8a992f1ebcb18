"""The customer itself, its sites, buying units, tags and keys in other systems."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from customers.querysets import CustomerPartQuerySet, CustomerQuerySet, TagQuerySet
from customers.querysets.customers import phone_digits
from fields.models import Customisable
from kcrm.lib.models import SoftDeleteModel

NO_CYCLE = """
    IF NEW.parent_id IS NOT NULL AND EXISTS (
        WITH RECURSIVE up(id, parent_id) AS (
            SELECT id, parent_id FROM customers_customer WHERE id = NEW.parent_id
            UNION
            SELECT c.id, c.parent_id FROM customers_customer c JOIN up ON c.id = up.parent_id
        )
        SELECT 1 FROM up WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'A customer cannot stand below itself.' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'customers_customer_no_cycle';
    END IF;
    RETURN NEW;
"""


class Tag(models.Model):
    """A word of our own that groups customers."""

    name = models.CharField(_("name"), max_length=50)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(Upper("name"), name="customers_tag_name_any_case")]

    def __str__(self) -> str:
        return self.name


@pghistory.track(level=pghistory.Statement)
class Customer(Customisable, SoftDeleteModel):
    """A company that buys from us, may buy, or stopped buying; the root of everything known about it.

    Its account team and its place in our organisation decide who sees it and everything under it.
    """

    class Relation(models.TextChoices):
        END_CUSTOMER = "end_customer", _("End customer")
        DISTRIBUTOR = "distributor", _("Distributor")
        RETAILER = "retailer", _("Retailer")
        MANUFACTURER = "manufacturer", _("Manufacturer")
        PUBLIC_BODY = "public_body", _("Public body")
        PARTNER = "partner", _("Partner")
        INTERNAL = "internal", _("Internal customer")

    class LifeCycle(models.TextChoices):
        SUSPECT = "suspect", _("Suspect")
        PROSPECT = "prospect", _("Prospect")
        FIRST_TIME = "first_time", _("First-time customer")
        REPEAT = "repeat", _("Repeat customer")
        CLIENT = "client", _("Client")
        ADVOCATE = "advocate", _("Advocate")
        INACTIVE = "inactive", _("Inactive")
        LOST = "lost", _("Lost")

    field_classes: ClassVar[dict[str, str]] = {}

    name = models.CharField(_("name"), max_length=200)
    legal_name = models.CharField(_("legal name"), max_length=250, blank=True)
    name_sort = models.CharField(max_length=250, editable=False, default="")
    name_key = models.CharField(max_length=250, editable=False, default="", db_index=True)
    account_team = models.OneToOneField(
        "teams.AccountTeam", on_delete=models.PROTECT, related_name="+", related_query_name="customer", editable=False
    )
    org_unit = models.ForeignKey(
        "teams.OrgUnit", on_delete=models.PROTECT, related_name="+", related_query_name="customer",
        verbose_name=_("organisation unit"),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="subsidiaries",
        verbose_name=_("parent company"),
    )  # fmt: skip
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices, default=Relation.END_CUSTOMER)
    life_cycle = models.CharField(_("life cycle"), max_length=20, choices=LifeCycle.choices, default=LifeCycle.PROSPECT)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO code of two letters"))
    region = models.CharField(_("region"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    website = models.URLField(_("website"), blank=True)
    domain = models.CharField(_("e-mail domain"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    registration_no = models.CharField(_("registration or tax number"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD", help_text=_("ISO code of three letters"))
    description = models.TextField(_("what the company does"), blank=True)
    cadence_days = models.PositiveSmallIntegerField(
        _("talk at least every ... days"), null=True, blank=True, help_text=_("Empty: as the coverage plan says.")
    )
    last_interaction_on = models.DateField(_("last contact"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("merged into"),
    )  # fmt: skip
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers", verbose_name=_("tags"))

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="customers_customer_not_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"), name="customers_customer_iso_country"
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="customers_customer_iso_currency"),
            models.UniqueConstraint(
                fields=["registration_no"],
                condition=Q(deleted_at__isnull=True) & ~Q(registration_no=""),
                name="customers_customer_registration_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name_sort", "id"], name="customers_by_name", condition=Q(deleted_at__isnull=True)),
            models.Index(fields=["org_unit", "name_sort"], name="customers_by_unit"),
            models.Index(
                fields=["org_unit"],
                include=["cadence_days", "last_interaction_on"],  # lists are counted in the index alone
                name="customers_counted",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(fields=["industry", "id"], name="customers_by_industry", condition=Q(deleted_at__isnull=True)),
            models.Index(fields=["country", "id"], name="customers_by_country"),
            models.Index(fields=["last_interaction_on", "id"], name="customers_by_last_contact"),
            models.Index(
                fields=["created_at", "id"], name="customers_by_arrival", condition=Q(deleted_at__isnull=True)
            ),
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="customers_name_trigrams"),
            models.Index(fields=["domain"], name="customers_by_domain", condition=~Q(domain="")),
            models.Index(phone_digits(), name="customers_by_phone"),
            GinIndex(OpClass("custom", name="jsonb_path_ops"), name="customers_by_own_fields"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="no_cycle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Q(new__parent__isnull=False),
                func=NO_CYCLE,
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(level=pghistory.Statement)
class ExternalId(models.Model):
    """The key of a customer in another system: ERP, web shop, credit agency.

    A customer in the bin has released its keys, so that others can take them; restoring takes them back.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(_("system"), max_length=40)
    value = models.CharField(_("key there"), max_length=100)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "value"],
                condition=Q(released_at__isnull=True),
                name="customers_externalid_once_per_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


@pghistory.track(level=pghistory.Statement)
class Site(SoftDeleteModel):
    """A place of the customer: headquarters, plant, store, warehouse, invoice address."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters", _("Headquarters")
        PLANT = "plant", _("Plant")
        STORE = "store", _("Store")
        WAREHOUSE = "warehouse", _("Warehouse")
        OFFICE = "office", _("Office")
        DELIVERY = "delivery", _("Delivery address")
        INVOICE = "invoice", _("Invoice address")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sites", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.HEADQUARTERS)
    street = models.CharField(_("street"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    is_primary = models.BooleanField(_("main address"), default=False)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"), name="customers_site_iso_country"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_primary=True, deleted_at__isnull=True),
                name="customers_site_one_main_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BuyingUnit(SoftDeleteModel):
    """A part of the customer that decides on its own what it buys: division, category, plant purchasing."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="buying_units", verbose_name=_("customer")
    )
    name = models.CharField(_("name"), max_length=150)
    site = models.ForeignKey(
        Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="buying_units", verbose_name=_("site")
    )
    description = models.TextField(_("what it buys"), blank=True)

    objects = CustomerPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("buying unit")
        verbose_name_plural = _("buying units")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "name"],
                condition=Q(deleted_at__isnull=True),
                name="customers_buyingunit_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
