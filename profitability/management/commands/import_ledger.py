"""Load a ledger file from the command line."""

from __future__ import annotations

import csv
import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib import context
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.money import from_units
from profitability.services.ledger import COLUMNS, REQUIRED, LoadResult, Reject, load_ledger
from profitability.services.ledger.load import CHUNK


class Command(BaseCommand):
    """Add and correct ledger lines from a CSV file of any length; the same file again changes nothing."""

    help = "Load ledger lines from a CSV file. Columns: " + ", ".join(
        name if name in REQUIRED else f"[{name}]" for name in COLUMNS
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, from which system, with whose rights."""
        parser.add_argument("file", help="The file, or - for standard input.")
        parser.add_argument("--source", required=True, help="The system that the lines come from.")
        parser.add_argument("--as-user", required=True, help="E-mail of the person whose rights the load has.")
        parser.add_argument("--rejects", help="Write refused rows with column and reason to this CSV file.")
        parser.add_argument("--chunk", type=int, default=CHUNK, help="Lines in one transaction.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, report both sides' totals; exit 1 when rows were refused."""
        user = User.objects.active().filter(email__iexact=options["as_user"]).first()
        if user is None:
            raise CommandError(_("Nobody with the e-mail %(email)s may sign in.") % {"email": options["as_user"]})
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        with ExitStack() as stack:
            file = self._opened(options["file"], stack)
            on_reject = self._reject_writer(options["rejects"], stack)
            stack.enter_context(context.origin(via="command"))
            started = time.monotonic()
            try:
                result = load_ledger(
                    file,
                    source=options["source"],
                    name=Path(options["file"]).name,
                    by=user,
                    chunk_size=max(1, options["chunk"]),
                    on_reject=on_reject,
                    on_progress=self._progress if options["verbosity"] > 1 else None,
                )
            except NotAllowed:
                raise CommandError(_("%(user)s may not load the ledger.") % {"user": user}) from None
            except DomainError as error:
                raise CommandError(str(error)) from None
            self._report(result, time.monotonic() - started)
        if result.rejected:
            sys.exit(1)

    def _opened(self, name: str, stack: ExitStack) -> IO[bytes]:
        if name == "-":
            return sys.stdin.buffer
        try:
            return stack.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise CommandError(_("The file cannot be opened: %(error)s.") % {"error": error.strerror}) from None

    def _reject_writer(self, name: str | None, stack: ExitStack) -> Any:
        if not name:
            return None
        path = Path(name)
        writer = csv.writer(stack.enter_context(path.open("w", encoding="utf-8", newline="")))
        writer.writerow(["row", "column", "code", "value", "reason"])

        def write(reject: Reject) -> None:
            writer.writerow([reject.row, reject.column, reject.code, reject.value, reject.reason])

        return write

    def _progress(self, result: LoadResult) -> None:
        self.stdout.write(f"{result.read:,} ...")

    def _report(self, result: LoadResult, seconds: float) -> None:
        self.stdout.write(
            _(
                "%(read)s rows in %(seconds).1f s: %(created)s added, %(updated)s corrected, %(unchanged)s unchanged,"
                " %(rejected)s refused."
            )
            % {
                "read": f"{result.read:,}",
                "seconds": seconds,
                "created": f"{result.created:,}",
                "updated": f"{result.updated:,}",
                "unchanged": f"{result.unchanged:,}",
                "rejected": f"{result.rejected:,}",
            }
        )
        for label, sums in ((_("File"), result.file), (_("Ledger"), result.ledger)):
            self.stdout.write(
                _("%(side)s: %(lines)s lines, net %(net)s")
                % {"side": label, "lines": f"{sums.lines:,}", "net": f"{from_units(sums.net_units):,}"}
            )
        for reject in result.rejects[:20]:
            self.stderr.write(
                _("Row %(row)s, %(column)s: %(reason)s")
                % {"row": reject.row, "column": reject.column or "–", "reason": reject.reason}
            )
