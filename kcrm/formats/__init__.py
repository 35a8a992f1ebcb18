"""How dates and numbers are written in each language, over Django's own choices."""
