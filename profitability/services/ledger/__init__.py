"""Load ledger lines: staged by COPY, checked as a set, written once however often they are delivered."""

from profitability.services.ledger.columns import COLUMNS, REQUIRED, Header
from profitability.services.ledger.documents import rows_of_documents
from profitability.services.ledger.load import load_ledger
from profitability.services.ledger.results import LoadResult, Reject, Sums

__all__ = [
    "COLUMNS",
    "REQUIRED",
    "Header",
    "LoadResult",
    "Reject",
    "Sums",
    "load_ledger",
    "rows_of_documents",
]
