"""Exports that are too large to leave at once: asked for, decided by a second person, written as a job."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Large exports."""

    name = "exports"
    verbose_name = _("Exports")
