"""Acts on customers and what belongs to them, one module a noun."""
