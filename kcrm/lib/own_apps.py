"""Which of the installed apps are this project's own."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings


def project_root() -> Path:
    """The folder that holds every app, the templates and the static files."""
    return Path(settings.BASE_DIR)


def own_apps() -> list[str]:
    """Labels of the apps whose folder lies directly in the project, in alphabetical order."""
    root = project_root()
    return sorted(config.label for config in apps.get_app_configs() if Path(config.path).parent == root)
