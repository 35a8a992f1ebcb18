"""What we mean to do with customers, and whether we do it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """Plans for customers; first how often we speak with them."""

    name = "planning"
    verbose_name = _("Planning")
