"""manage.py run_scheduler: schedules, and the sweeper that reminds workers of waiting jobs."""

from __future__ import annotations

import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs.scheduler import Scheduler


class Command(BaseCommand):
    """Run until SIGTERM or SIGINT. Any number may run; one leads, the others wait to take its place."""

    help = "Turn schedules into jobs and remind workers of waiting ones; run at least one, better two."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the loop."""
        if settings.TRANSACTION_POOLING:
            raise CommandError(
                "The scheduler holds a lock for as long as it leads, which a pooler by transaction cannot keep. Give "
                "it a DATABASE_URL that leads to PostgreSQL itself, and no KCRM_TRANSACTION_POOLING."
            )
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        scheduler = Scheduler()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: scheduler.stop())
        scheduler.run()
