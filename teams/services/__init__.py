"""Acts on the organisation, one module a noun."""
