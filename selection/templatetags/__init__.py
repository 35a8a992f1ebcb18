"""Template tags: they only format."""
