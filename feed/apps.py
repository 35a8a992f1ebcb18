"""What changed, for other systems: the change feed and webhooks."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FeedConfig(AppConfig):
    """The change feed and webhooks."""

    name = "feed"
    verbose_name = _("Change feed and webhooks")

    def ready(self) -> None:
        """Let every app declare in `<app>/feeds.py` which of its records other systems hear of."""
        autodiscover_modules("feeds")
