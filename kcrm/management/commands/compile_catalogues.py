"""Compile the message catalogues, without gettext's programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from kcrm.lib import catalogues
from kcrm.lib.own_apps import own_apps, project_root


class Command(BaseCommand):
    """`manage.py compile_catalogues`: each django.po gets its django.mo where that is missing or older."""

    help = "Write the .mo files that are missing or stale."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile what is stale and count it."""
        sources: list[Path] = [catalogue.path for catalogue in catalogues.catalogues(own_apps(), project_root())]
        written = sum(catalogues.compile_stale(path, path.with_suffix(".mo")) for path in sources if path.exists())
        self.stdout.write(f"Compiled {written} catalogues.")
