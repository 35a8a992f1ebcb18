"""People: users, sign-in, API tokens, audit trail."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who uses KCRM and what they did."""

    name = "accounts"

    def ready(self) -> None:
        """Listen to the sign-in library; say what must stay ended."""
        from accounts import signals
        from accounts.services import ended_access  # noqa: F401 - registers itself

        signals.connect()
