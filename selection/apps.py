"""Who is a key customer: scoring models, ratings, scores, tiers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SelectionConfig(AppConfig):
    """The selection of key customers."""

    name = "selection"
    verbose_name = _("Selection")
