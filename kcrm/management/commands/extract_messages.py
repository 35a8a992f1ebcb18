"""Bring every app's catalogue in line with its sources, without gettext's programs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kcrm.lib import catalogues
from kcrm.lib.own_apps import own_apps, project_root


class Command(BaseCommand):
    """`manage.py extract_messages [app ...]`: new strings come with an empty translation, gone ones leave."""

    help = "Update the .po files from Python files and templates (all apps, or those named)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Optionally only some apps."""
        parser.add_argument("apps", nargs="*", metavar="app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Update, and say how many strings still lack a translation."""
        apps, root = own_apps(), project_root()
        chosen = options["apps"] or apps
        if unknown := set(chosen) - set(apps):
            raise CommandError(f"Not an app of this project: {', '.join(sorted(unknown))}.")
        for catalogue in catalogues.catalogues(chosen, root):
            messages = catalogues.extract(catalogue.app, apps, root)
            changed = catalogues.update(catalogue, messages)
            empty = len(catalogue.read().untranslated_entries())
            if changed or empty:
                self.stdout.write(f"{catalogue.app} {catalogue.locale}: {len(messages)} strings, {empty} untranslated")
