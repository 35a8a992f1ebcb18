"""Changes of products, ledger, periods and roll-ups."""
