"""Make the roll-ups of the ledger anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from profitability.services.rollups import rebuild_rollups


class Command(BaseCommand):
    """Recompute customer months and twelve-month summaries from the lines; for repairs."""

    help = "Recompute customer months and twelve-month summaries from the ledger lines."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how much."""
        self.stdout.write(f"{rebuild_rollups():,}")
