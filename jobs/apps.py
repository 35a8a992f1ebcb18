"""Work that outlives a request: durable jobs, schedules, notifications, reminders, e-mail."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Durable jobs and what they tell people."""

    name = "jobs"

    def ready(self) -> None:
        """Let every app register its handlers, schedules, notification kinds and reminder sources."""
        autodiscover_modules("tasks")
