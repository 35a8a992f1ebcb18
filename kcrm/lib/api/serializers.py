"""Serializer bases: nothing unknown is swallowed, ledger amounts are shown as exact decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class StrictSerializer(serializers.Serializer):  # type: ignore[type-arg]  # DRF's class is not generic at run time
    """Refuses keys that it does not know or that are read-only, instead of ignoring them."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated values. Raises ValidationError naming each unknown key."""
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {
                str(key)[:100]: [serializers.ErrorDetail(_("This field is unknown or cannot be set."), code="unknown")]
                for key in data
                if key not in known
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class UnitsField(serializers.DecimalField):
    """An amount stored in ledger units, 1/10,000 of the currency unit; written as a decimal with four places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=22, decimal_places=4, **kwargs)

    @staticmethod
    def plain(value: int | None) -> str | None:
        """The stored units as decimal text; None stays None."""
        return None if value is None else format(Decimal(int(value)).scaleb(-4), "f")


class KeysField(serializers.ListField):
    """Numbers of other records, each resolved by the service that takes them."""

    child = serializers.IntegerField(min_value=1, max_value=10**18 - 1)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 200} | kwargs)
