"""Products, ledger documents and lines, closed periods, and the roll-ups made of them."""

from profitability.models.ledger import LedgerDocument, LedgerLine, LedgerLoad, PeriodClose
from profitability.models.products import Product, ProductGroup
from profitability.models.rollups import CustomerMonth, SalesSummary

__all__ = [
    "CustomerMonth",
    "LedgerDocument",
    "LedgerLine",
    "LedgerLoad",
    "PeriodClose",
    "Product",
    "ProductGroup",
    "SalesSummary",
]
