"""Acts on plans, one module a noun."""
