"""People: users, sign-in, API tokens, audit trail."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who uses KCRM and what they did."""

    name = "accounts"

    def ready(self) -> None:
        """Listen to the sign-in library."""
        from accounts import signals

        signals.connect()
