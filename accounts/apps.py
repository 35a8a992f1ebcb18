"""People: users, sign-in, API tokens, audit trail."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from kcrm.lib import row_history


class AccountsConfig(AppConfig):
    """Who uses KCRM and what they did."""

    name = "accounts"

    def ready(self) -> None:
        """Listen to the sign-in library; say what must stay ended; keep the functions of the history quick."""
        from accounts import signals
        from accounts.services import ended_access  # noqa: F401 - registers itself

        signals.connect()
        post_migrate.connect(row_history.put_in_place, sender=self, dispatch_uid="kcrm.row_history")
