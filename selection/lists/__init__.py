"""The lists of selection."""
