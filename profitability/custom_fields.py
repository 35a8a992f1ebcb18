"""Which records of what we sell can have fields of one's own."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from fields.registry import RecordType, register

PRODUCT: Final = register(RecordType("product", _("Products"), "profitability.product"))
