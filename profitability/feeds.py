"""Which records of the ledger other systems hear of, and who may hear of which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.models import User
from feed.models import Change
from feed.registry import FeedResource, register
from fields.feeds import protected_of
from profitability import permissions
from profitability.custom_fields import PRODUCT
from profitability.models import Product, ProductGroup


def _products(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    ids = {change.object_id for change in changes}
    seen = set(Product.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {change.seq: True for change in changes if change.object_id in seen}


def _groups(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    ids = {change.object_id for change in changes}
    seen = set(ProductGroup.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return {change.seq: True for change in changes if change.object_id in seen}


def _loads(user: User, changes: Sequence[Change]) -> Mapping[int, bool]:
    """That lines came in is for who may load the ledger; others see the lines of their customers."""
    return {change.seq: True for change in changes} if permissions.can_load_ledger(user) else {}


register(FeedResource("product", "product", _products, "profitability.product", hidden=frozenset({"list_price"}),
                      hides=protected_of(PRODUCT.key)))  # fmt: skip
register(FeedResource("product_group", "product", _groups, "profitability.productgroup"))
register(FeedResource("ledger", "sales_facts", _loads, events=("imported",)))
