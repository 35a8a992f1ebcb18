"""The roof: pages and commands that compose several apps. It has no models."""

from django.apps import AppConfig


class KcrmConfig(AppConfig):
    """Settings, foundation and composed pages."""

    name = "kcrm"
    verbose_name = "KCRM"

    def ready(self) -> None:
        """Bind `shared_task` to KCRM's Celery app in every process (the package itself stays free of imports)."""
        import kcrm.celery  # noqa: F401
