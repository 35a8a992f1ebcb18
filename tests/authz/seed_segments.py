"""A segment with the seeded customer in it, and a market map on which it hangs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from customers.models import Customer
from selection.models import NodeAccount, SegmentPlace
from selection.selectors.market_maps import Flow, Node
from selection.services.market_maps import create_map, name_accounts
from selection.services.segment_places import place_customer
from selection.services.segments import create_segment


def segments_and_maps(customer: Customer, office: User) -> dict[str, Any]:
    """The records by the names that the routes use."""
    segment = create_segment(name="Segment", by=office)
    place_customer(customer_id=customer.pk, segment_id=segment.pk, day=date(2026, 1, 2), by=office)
    drawn = create_map(
        name="Map",
        unit="t",
        nodes=[Node("us", "Us", "us"), Node("users", "Users", "end_customer")],
        flows=[Flow("us", "users", Decimal(1))],
        by=office,
    )
    name_accounts(map_id=drawn.pk, node_key="users", customer_ids=[customer.pk], by=office)
    return {
        "segment": segment,
        "segment_place": SegmentPlace.objects.get(customer=customer),
        "market_map": drawn,
        "node_account": NodeAccount.objects.get(customer=customer),
    }
