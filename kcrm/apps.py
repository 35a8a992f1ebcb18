"""The roof: pages and commands that compose several apps. It has no models."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KcrmConfig(AppConfig):
    """Settings, foundation and composed pages."""

    name = "kcrm"
    verbose_name = "KCRM"

    def ready(self) -> None:
        """Bind `shared_task` to KCRM's Celery app in every process, and let every app declare what it can import
        and what becomes of its rows in a merge."""
        import kcrm.celery  # noqa: F401 - here, because the package itself stays free of imports

        autodiscover_modules("importables", "mergeables")
