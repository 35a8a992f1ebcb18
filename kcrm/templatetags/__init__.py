"""Template tags: they only format. No query and no sum happens here."""
