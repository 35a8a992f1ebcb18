"""Fields that a company adds to its records itself."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FieldsConfig(AppConfig):
    """Custom fields."""

    name = "fields"
    verbose_name = _("Custom fields")

    def ready(self) -> None:
        """Let every app declare in `<app>/custom_fields.py` which of its records can have fields of one's own."""
        autodiscover_modules("custom_fields")
