"""The demo company's market, and the two groups of customers that buy for different reasons."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from kcrm.demo.people import PROGRAMME, People
from selection.models import MarketMap
from selection.selectors.market_maps import Flow, Node
from selection.services.market_maps import create_map, next_edition_of_map, publish_map
from selection.services.segment_rules import apply_rule
from selection.services.segments import accept_segment, create_segment

PASSED: Final = {"big_enough": True, "different": True, "reachable": True, "workable": True}
SEGMENTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "European specialists",
        "code": "europe",
        "reasons": [["Range and origin", 45], ["Reliable delivery", 35], ["Price", 20]],
        "rule": {
            "countries": ["AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NO", "PL", "PT", "SE"]
        },
        "who": "Owners of delicatessens and restaurants, who taste before they buy.",
        "how": "Small orders all year; more before Christmas and Easter.",
        "mode": "key_account",
        "approach": "A named manager, tastings twice a year, own-label only for the largest.",
        "product": "The whole range, small packs.",
        "price": "List; growth bonus at the year's end.",
        "place": "Direct, next-day from the hub.",
        "promotion": "Tastings, recipe cards.",
        "service": "Order line until six, replacement within a day.",
        "test_notes": "Sixty visits and the ledger of two years.",
    },
    {
        "name": "Importers overseas",
        "code": "overseas",
        "reasons": [["Price", 50], ["Papers and customs", 30], ["Shelf life", 20]],
        "rule": {"countries": ["AR", "BR", "CA", "MX", "US", "VE"]},
        "who": "Purchasing departments of importers and chains.",
        "how": "Full pallets, a few times a year, by tender.",
        "mode": "farmer",
        "approach": "Inside sales with a fixed round; one visit a year.",
        "product": "The hundred fast lines, long shelf life.",
        "price": "Net prices by pallet.",
        "place": "By sea, through two forwarders.",
        "promotion": "None.",
        "service": "Papers complete within two days.",
        "test_notes": "海关单据与保质期是主要原因，2025 年访谈。",
    },
)
NODES: Final = (
    Node("makers", "Food makers", "supplier", Decimal("0.05")),
    Node("northwind", "Northwind", "us", Decimal(0)),
    Node("importers", "Other importers", "competitor", Decimal(0)),
    Node("wholesale", "Wholesalers", "channel", Decimal("0.10"), Decimal(4)),
    Node("shops", "Delicatessens and chains", "channel", Decimal("0.40")),
    Node("kitchens", "Restaurants and caterers", "channel", Decimal("0.30")),
    Node("guests", "Households and guests", "end_customer", Decimal("0.10")),
    Node("writers", "Food writers", "influencer", Decimal("0.05")),
)
FLOWS: Final = (
    Flow("makers", "northwind", Decimal(120), Decimal(540_000), Decimal(1)),
    Flow("makers", "importers", Decimal(380), Decimal(1_600_000), Decimal(0), {"Gourmet Import": Decimal("0.45")}),
    Flow("northwind", "wholesale", Decimal(20), Decimal(130_000), Decimal(1)),
    Flow("northwind", "shops", Decimal(60), Decimal(430_000), Decimal(1)),
    Flow("northwind", "kitchens", Decimal(40), Decimal(310_000), Decimal(1)),
    Flow("importers", "wholesale", Decimal(180), Decimal(1_000_000), Decimal(0)),
    Flow("importers", "shops", Decimal(200), Decimal(1_300_000), Decimal(0)),
    Flow("wholesale", "shops", Decimal(76), Decimal(560_000), Decimal("0.10")),
    Flow("wholesale", "kitchens", Decimal(120), Decimal(900_000), Decimal("0.10")),
    Flow("shops", "guests", Decimal(336), Decimal(4_300_000)),
    Flow("kitchens", "guests", Decimal(160), Decimal(5_100_000)),
)


def part_market(people: People, *, today: date) -> MarketMap:
    """Write the segments down, put their customers in as of last quarter, and draw the market for good and anew."""
    office = people.employees[PROGRAMME]
    for values in SEGMENTS:
        segment = create_segment(by=office, **(values | PASSED))
        accept_segment(segment_id=segment.pk, version=segment.version, by=office)
        apply_rule(segment_id=segment.pk, version=None, day=today - timedelta(days=91), by=office)
    drawn = create_map(
        name="Fine food", unit="t", currency="USD", period=str(today.year), nodes=NODES, flows=FLOWS,
        note="Trade statistics, our ledger, and what wholesalers told us.", by=office,
    )  # fmt: skip
    publish_map(map_id=drawn.pk, version=drawn.version, by=office)
    return next_edition_of_map(map_id=drawn.pk, by=office)
