"""What ledger figures say: pure formulas, the one truth that the SQL beside them is held to."""
