"""The roof: pages and commands that compose several apps. It has no models."""

from django.apps import AppConfig


class KcrmConfig(AppConfig):
    """Settings, foundation and composed pages."""

    name = "kcrm"
    verbose_name = "KCRM"
