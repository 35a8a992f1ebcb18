"""Bring in very many made-up customers, to measure with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from kcrm.demo import crowd


class Command(BaseCommand):
    """`generate_customers 100000`: customers with owners, three people each, search entries and sales figures."""

    help = "Brings made-up customers into an installation that is there to be measured; calls add up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, and whether real customers may stand beside them."""
        parser.add_argument("count", type=int, help="How many customers.")
        parser.add_argument(
            "--beside-others", action="store_true", help="Even where there are customers that were not made here."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse to mix made-up customers with others unasked."""
        count: int = options["count"]
        if count < 1:
            raise CommandError("Say how many customers: one at least.")
        others = Customer.objects.exclude(external_ids__source=crowd.SOURCE)
        if others.exists() and not options["beside_others"]:
            raise CommandError("There are other customers here. Say --beside-others if that is meant.")
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        total = crowd.generate(count, today=timezone.localdate())
        crowd.analyse()
        self.stdout.write(f"{count:,} customers brought in; {total:,} made-up customers are here now.")
