"""Refuse an incomplete or contradictory catalogue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kcrm.lib import catalogues
from kcrm.lib.own_apps import own_apps, project_root

SHOWN = 40  # faults; the number of all comes last


class Command(BaseCommand):
    """`manage.py check_translations`: every string of the sources is translated, with the same placeholders."""

    help = "Check that every catalogue is complete: no string missing, empty, fuzzy, obsolete or contradictory."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """List every fault and fail when there is one."""
        apps, root = own_apps(), project_root()
        all_catalogues = catalogues.catalogues(apps, root)
        faults = catalogues.contradictions(all_catalogues)
        for catalogue in all_catalogues:
            faults += catalogues.problems(catalogue, catalogues.extract(catalogue.app, apps, root))
        if faults:
            raise CommandError("\n".join([*faults[:SHOWN], f"{len(faults)} faults in the catalogues."]))
        self.stdout.write("Every string is translated.")
