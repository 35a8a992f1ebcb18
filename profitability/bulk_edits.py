"""What of products can be changed in bulk."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from bulk.registry import BulkField, BulkList, register
from fields.bulk import bulk_fields, folded
from profitability import permissions
from profitability.custom_fields import PRODUCT
from profitability.models import Product, ProductGroup
from profitability.services.products import change_product


def _group_name(value: Any) -> str:
    group = ProductGroup.objects.filter(pk=value).first() if value is not None else None
    return str(group) if group else ""


PRODUCTS: Final = register(
    BulkList(
        key="products",
        title=_("Products"),
        list_url="profitability:product-list",
        rows=lambda user: Product.objects.visible_to(user),
        fields=(
            BulkField(
                name="group",
                label=_("Product group"),
                control=lambda user: forms.ModelChoiceField(ProductGroup.objects.visible_to(user).order_by("name")),
                read=lambda product: product.group_id,
                target="group_id",
                show=_group_name,
            ),
            BulkField(
                name="is_active",
                label=_("On sale"),
                control=lambda user: forms.TypedChoiceField(
                    choices=[("1", _("yes")), ("0", _("no"))], coerce=lambda text: text == "1"
                ),
                read=lambda product: product.is_active,
                needed=True,
                show=lambda value: str(_("yes") if value else _("no")),
            ),
            BulkField(
                name="unit",
                label=_("Sold by"),
                control=lambda user: forms.CharField(max_length=60),
                read=lambda product: product.unit,
            ),
        ),
        update=lambda pk, version, values, by: change_product(
            product_id=pk, version=version, values=folded(values), by=by
        ),
        allowed=permissions.can_change_products,
        may_change=lambda user, product: permissions.can_change_products(user),
        more=lambda user: bulk_fields(PRODUCT.key, user, PRODUCT.classes),
    )
)
