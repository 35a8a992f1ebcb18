"""Our own people: organisation, account teams, their roles and rights."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    """Who works where, and for which customer."""

    name = "teams"
    verbose_name = _("Teams")
