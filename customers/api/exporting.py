"""What of customers and their records may be carried away through the REST door."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from customers.models import ContactRole
from customers.querysets.customers import NOBODY, sight
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import ExportRows
from kcrm.lib.errors import NotAllowed


class ExportCustomers(ExportRows):
    """Customers that the caller may carry away."""

    def exportable_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of them with the right of export."""
        condition = sight(self.request.user, self.access_resource, verb=Verb.EXPORT)
        if condition == NOBODY:
            raise NotAllowed(self.access_resource, Verb.EXPORT)
        return rows if condition is None else rows.filter(condition)


class ExportPartRows(ExportRows):
    """Records of customers whose records of this kind the caller may carry away."""

    def exportable_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of them with the right of export."""
        condition = sight(self.request.user, self.access_resource, prefix="customer__", verb=Verb.EXPORT)
        if condition == NOBODY:
            raise NotAllowed(self.access_resource, Verb.EXPORT)
        return rows if condition is None else rows.filter(condition)


class ExportContacts(ExportRows):
    """People of customers whose people the caller may carry away."""

    def exportable_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of them with the right of export."""
        if sight(self.request.user, "contact", verb=Verb.EXPORT) == NOBODY:
            raise NotAllowed("contact", Verb.EXPORT)
        roles = ContactRole.objects.visible_to(self.request.user, "contact").exportable_by(self.request.user)
        return rows.filter(pk__in=roles.values("contact"))
