"""Compile the message catalogues, without gettext's programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kcrm.lib import catalogues
from kcrm.lib.own_apps import own_apps, project_root


class Command(BaseCommand):
    """`manage.py compile_catalogues`: each django.po gets its django.mo where that is missing or older.

    Where the checkout is closed, all of a language go into one django.mo below the data folder instead.
    """

    help = "Write the .mo files that are missing or stale."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile what is stale and count it."""
        every = catalogues.catalogues(own_apps(), project_root())
        sources = [catalogue.path for catalogue in every if catalogue.path.exists()]
        if all(os.access(source.parent, os.W_OK) for source in sources):
            written = sum(catalogues.compile_stale(source, source.with_suffix(".mo")) for source in sources)
            for locale in catalogues.LOCALES:
                _in_data_folder(locale).unlink(missing_ok=True)
        else:
            written = len(sources)
            for locale in catalogues.LOCALES:
                of_locale = [catalogue.path for catalogue in every if catalogue.locale == locale]
                catalogues.compile_together(filter(Path.exists, of_locale), _in_data_folder(locale))
        self.stdout.write(f"Compiled {written} catalogues.")


def _in_data_folder(locale: str) -> Path:
    return Path(settings.DATA_DIR) / "locale" / locale / "LC_MESSAGES" / "django.mo"
