"""Where a figure opens: the ledger lines it is made of."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kcrm.lib.periods import Window


def lines_url(window: Window | None = None, **filters: Any) -> str:
    """The ledger list with these filters, such as `customer=12, product=7`, in the months of a window."""
    query = {name: value for name, value in filters.items() if value not in (None, "")}
    if window is not None:
        query |= {"posted_on_after": window.start_on.isoformat(), "posted_on_before": window.end_on.isoformat()}
    address = reverse("profitability:ledger-line-list")
    return f"{address}?{urlencode(query)}" if query else address
