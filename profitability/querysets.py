"""Which products, ledger rows and roll-ups, seen by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from customers.querysets import CustomerPartQuerySet
from kcrm.lib.access import Verb, allows, global_standings
from kcrm.lib.errors import NotAllowed
from kcrm.lib.models import VersionedQuerySet
from kcrm.lib.periods import Window
from profitability import permissions
from teams.permissions import reach_of

if TYPE_CHECKING:
    from accounts.models import User
    from profitability.models import Product


class ProductQuerySet(VersionedQuerySet):
    """Products and their groups; everybody who is signed in may see them."""

    def visible_to(self, user: User) -> Self:
        """All of them."""
        return self if allows("product", Verb.READ, global_standings(user.roles)) else self.none()

    def with_group(self) -> Self:
        """Each with its group."""
        return self.select_related("group")

    def on_sale(self) -> Self:
        """Products that can be ordered."""
        return self.filter(is_active=True)


class LedgerLoadQuerySet(models.QuerySet):
    """Deliveries of ledger lines."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(loaded_by=user)


class SalesQuerySet(CustomerPartQuerySet):
    """Rows of sales."""

    def exportable_by(self, user: User) -> Self:
        """Rows of customers whose sales the user may carry away. Raises NotAllowed where there can be none."""
        limits = permissions.export_limits(user)
        if limits is None:
            return self
        teams, paths = limits
        if not (teams or paths):
            raise NotAllowed("sales_facts", Verb.EXPORT)
        units = reach_of(user).units(paths)
        return self.filter(Q(customer__account_team__in=teams) | Q(customer__org_unit__in=units))


class LedgerDocumentQuerySet(SalesQuerySet):
    """Invoices and credit notes."""

    def with_customer(self) -> Self:
        """Each with its customer, the customer's unit, and its salesperson."""
        return self.select_related("customer__org_unit", "salesperson")

    def posted_within(self, window: Window) -> Self:
        """Documents of these months."""
        return self.filter(posted_on__gte=window.start_on, posted_on__lt=window.until)

    def of_lines(self, lines: models.QuerySet) -> Self:
        """Documents with at least one of these lines, each once."""
        return self.filter(Exists(lines.order_by().filter(document=OuterRef("pk"))))


class LedgerLineQuerySet(SalesQuerySet):
    """Lines of invoices and credit notes."""

    def posted_within(self, window: Window) -> Self:
        """Lines of these months."""
        return self.filter(posted_on__gte=window.start_on, posted_on__lt=window.until)

    def for_document(self) -> Self:
        """Lines as their document prints them."""
        return self.select_related("product").order_by("line_no")

    def of_product(self, product: Product) -> Self:
        """Lines of one product."""
        return self.filter(product=product)


class CustomerMonthQuerySet(SalesQuerySet):
    """Sums by customer and month."""

    def within(self, window: Window) -> Self:
        """Sums of these months."""
        return self.filter(month__gte=window.first, month__lte=window.last)


class SalesSummaryQuerySet(SalesQuerySet):
    """Twelve-month figures of customers."""

    def bought(self) -> Self:
        """Customers with sales in the twelve months."""
        return self.exclude(net_12m_units=0)


class PeriodCloseQuerySet(models.QuerySet):
    """Months whose books are closed."""

    def within(self, window: Window) -> Self:
        """Those among these months."""
        return self.filter(month__gte=window.first, month__lte=window.last)
