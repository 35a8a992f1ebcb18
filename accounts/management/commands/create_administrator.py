"""Make an administrator: the first one of an installation without a browser, or one when all others are lost."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.users import create_administrator
from kcrm.lib.errors import DomainError


class Command(BaseCommand):
    """`manage.py create_administrator --email ... --name ...`; the password is asked for or piped in."""

    help = "Make an administrator. The password is asked for, or read as one line from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """E-mail and name."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the person."""
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            user = create_administrator(email=options["email"], full_name=options["name"], password=password)
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(self.style.SUCCESS(f"{user.full_name} <{user.email}> administers KCRM now."))
