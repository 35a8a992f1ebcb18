"""Is what was typed well-formed? One module a noun."""
