"""Which products, ledger rows and roll-ups, seen by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef

from customers.querysets import CustomerPartQuerySet
from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.models import VersionedQuerySet
from kcrm.lib.periods import Window

if TYPE_CHECKING:
    from accounts.models import User


class ProductQuerySet(VersionedQuerySet):
    """Products and their groups; everybody who is signed in may see them."""

    def visible_to(self, user: User) -> Self:
        """All of them."""
        return self if allows("product", Verb.READ, global_standings(user.roles)) else self.none()

    def on_sale(self) -> Self:
        """Products that can be ordered."""
        return self.filter(is_active=True)


class LedgerLoadQuerySet(models.QuerySet):
    """Deliveries of ledger lines."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(loaded_by=user)


class LedgerDocumentQuerySet(CustomerPartQuerySet):
    """Invoices and credit notes."""

    def posted_within(self, window: Window) -> Self:
        """Documents of these months."""
        return self.filter(posted_on__gte=window.start_on, posted_on__lt=window.until)

    def of_lines(self, lines: models.QuerySet) -> Self:
        """Documents with at least one of these lines, each once."""
        return self.filter(Exists(lines.order_by().filter(document=OuterRef("pk"))))


class LedgerLineQuerySet(CustomerPartQuerySet):
    """Lines of invoices and credit notes."""

    def posted_within(self, window: Window) -> Self:
        """Lines of these months."""
        return self.filter(posted_on__gte=window.start_on, posted_on__lt=window.until)


class CustomerMonthQuerySet(CustomerPartQuerySet):
    """Sums by customer and month."""

    def within(self, window: Window) -> Self:
        """Sums of these months."""
        return self.filter(month__gte=window.first, month__lte=window.last)


class SalesSummaryQuerySet(CustomerPartQuerySet):
    """Twelve-month figures of customers."""

    def bought(self) -> Self:
        """Customers with sales in the twelve months."""
        return self.exclude(net_12m_units=0)
