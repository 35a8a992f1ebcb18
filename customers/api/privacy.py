"""/api/v1/consents/"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from customers.filters.privacy import ConsentFilter
from customers.models import Consent
from customers.serializers.privacy import ConsentSerializer, ConsentWriteSerializer
from customers.services.privacy.consents import record_consent
from kcrm.lib.api.resources import CreateRows


class ConsentResource(CreateRows):
    """What people agreed to or took back. Rows are only added; the newest of a purpose holds."""

    model = Consent
    access_resource = "privacy"
    serializer_class = ConsentSerializer
    write_serializer_class = ConsentWriteSerializer
    filterset_class = ConsentFilter
    orderings: ClassVar = {"id": "pk", "at": "at"}
    default_ordering = "-at"

    def visible_rows(self) -> QuerySet[Consent]:
        """Consents that the caller may see."""
        rows: QuerySet[Consent] = Consent.objects.visible_to(self.request.user)
        return rows

    def create_with(self, values: dict[str, Any]) -> Consent:
        """Write it down."""
        own = {name: value for name, value in values.items() if name != "contact"}
        return record_consent(contact_id=values["contact"], by=self.request.user, **own)
