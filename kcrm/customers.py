"""Customers with what the apps above know of them: one filter for the list, its files and the REST door."""

from __future__ import annotations

from typing import ClassVar

from customers.api.customers import CustomerResource as Resource
from customers.filters.customers import CustomerFilter
from selection.filters import InSegment


class CustomerListFilter(InSegment, CustomerFilter):
    """Customers, by their segment as well."""

    class Meta:
        fields: ClassVar[list[str]] = []


class CustomerResource(Resource):
    __doc__ = Resource.__doc__

    filterset_class = CustomerListFilter
