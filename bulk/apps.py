"""Changing many records of a list at once, as a job that can be taken back."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    """Bulk edits of any list."""

    name = "bulk"
    verbose_name = _("Bulk edits")

    def ready(self) -> None:
        """Let every app declare in `<app>/bulk_edits.py` what of its lists can be changed together."""
        autodiscover_modules("bulk_edits")
