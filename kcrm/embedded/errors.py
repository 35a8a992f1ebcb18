"""The one error a person sees: a plain sentence that says what is missing and what to do."""


class CannotStart(Exception):
    """Something outside the program is missing or in the way."""
