"""What becomes of the ledger when customers are merged: lines move, sums are made anew from them."""

from collections.abc import Sequence

from kcrm.lib.merging import Leave, Move, after_merge, declare
from profitability.services.rollups import rebuild_customers

declare(
    "customer",
    profitability__ledgerdocument__customer=Move(),
    profitability__ledgerline__customer=Move(),
    profitability__customermonth__customer=Leave("made anew from the ledger"),
    profitability__salessummary__customer=Leave("made anew from the ledger"),
)


@after_merge("customer")
def remake_sums(customer_ids: Sequence[int]) -> None:
    """Sums of the ledger for the customers whose lines moved."""
    rebuild_customers(customer_ids)
