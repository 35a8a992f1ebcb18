"""Hold the audit trail against its seals; print the head of the chain to keep elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services.seals import seal_trail, verify_trail


class Command(BaseCommand):
    """`manage.py verify_audit`: ends with an error that names what was changed, added or removed."""

    help = "Check the audit trail against its seals. With --seal, close and open seals first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to seal."""
        parser.add_argument("--seal", action="store_true", help="seal what can be sealed before checking")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check."""
        if options["seal"]:
            seal_trail(now=timezone.now())
        verdict = verify_trail()
        for fault in verdict.faults:
            numbers = ", ".join(map(str, fault.unknown[:20]))
            self.stderr.write(
                f"Up to entry {fault.until_id}: changed or added entries: {numbers or 'none'}; "
                f"changed or missing entries: {fault.missing}; chain {'broken' if fault.chain_broken else 'whole'}."
            )
        if verdict.faults:
            raise CommandError("The audit trail is not what was sealed.")
        self.stdout.write(f"{verdict.entries} sealed entries are as they were written. Head: {verdict.head}")
