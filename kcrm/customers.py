"""Customers with what the apps above know of them: one filter for the list, its files and the REST door."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.response import Response

from customers.api.customers import CustomerResource as Resource
from customers.filters.customers import CustomerFilter
from kcrm.archive_requests import ask_for_archive
from kcrm.lib.access import Verb
from kcrm.lib.api.resources import act
from selection.filters import InSegment


class CustomerListFilter(InSegment, CustomerFilter):
    """Customers, by their segment as well."""

    class Meta:
        fields: ClassVar[list[str]] = []


class ArchiveJobSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """The job that makes the archive."""

    job = serializers.IntegerField()


class CustomerResource(Resource):
    __doc__ = Resource.__doc__

    filterset_class = CustomerListFilter

    @act(verb=Verb.EXPORT, versioned=False, status=202, answers=ArchiveJobSerializer)
    def archive(self, pk: int, version: None, values: dict[str, Any]) -> Response:
        """Have everything packed that the caller may see about a customer; fetch it at `jobs/{job}/file/`."""
        user: Any = self.request.user
        return Response({"job": ask_for_archive(customer_id=pk, by=user).pk}, status=202)
