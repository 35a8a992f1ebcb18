"""What we sell."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fields.models import Customisable
from kcrm.lib.models import VersionedModel
from profitability.models.references import kept_while_lines_refer
from profitability.querysets import ProductQuerySet


@pghistory.track()
class ProductGroup(VersionedModel):
    """Products that are planned, priced and compared together."""

    source = models.CharField(_("system"), max_length=40)
    code = models.CharField(_("key there"), max_length=60)
    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(_("what belongs to it"), blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "code"], name="profitability_productgroup_code_once_per_source")
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Product(Customisable, VersionedModel):
    """A thing or service we sell, known by its article number in the system that keeps it."""

    source = models.CharField(_("system"), max_length=40)
    sku = models.CharField(_("article number"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    group = models.ForeignKey(
        ProductGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="products",
        verbose_name=_("product group"),
    )  # fmt: skip
    list_price = models.DecimalField(_("list price"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    unit = models.CharField(_("sold by"), max_length=60, blank=True)
    is_active = models.BooleanField(_("on sale"), default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "sku"], name="profitability_product_sku_once_per_source"),
            models.CheckConstraint(
                condition=Q(list_price__isnull=True) | Q(list_price__gte=0),
                name="profitability_product_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="profitability_product_iso_currency"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["name", "id"], name="profitability_product_by_name")]
        triggers: ClassVar = [kept_while_lines_refer("product_id")]

    def __str__(self) -> str:
        return self.name
