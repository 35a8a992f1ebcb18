"""Say, or do, what retention lets go of."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.services.schedules import database_now
from kcrm.retention import let_go


class Command(BaseCommand):
    """`manage.py retention --dry-run`: how many rows of each sort tonight's job would let go of."""

    help = "Let go of what was kept long enough; with --dry-run only count it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether only to count."""
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do or count."""
        for name, count in let_go(now=database_now(), dry_run=options["dry_run"]).items():
            self.stdout.write(f"{name}: {count}")
