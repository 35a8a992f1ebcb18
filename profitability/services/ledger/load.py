"""Load ledger lines.

A delivery is cut into chunks; each is staged, checked, written and added to the roll-ups in one transaction, so a kill
leaves whole chunks, and delivering the same file again adds what is missing and nothing twice. One load writes at a
time: an advisory lock, held for a chunk, orders those that meet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer
from feed.services import outbox
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from profitability import permissions
from profitability.models import LedgerLoad
from profitability.services import rollups
from profitability.services.ledger import statements
from profitability.services.ledger.columns import Header, Row, opened
from profitability.services.ledger.results import KEPT_REJECTS, NOTHING, LoadResult, Reject, Sums
from profitability.services.ledger.staging import CopyStream

CHUNK: Final = 50_000
AHEAD: Final = timedelta(days=1)  # it may already be tomorrow where the books are kept

OnReject = Callable[[Reject], None]
Delivery = IO[bytes] | Iterable[Mapping[str, Any]]


def load_ledger(
    delivery: Delivery,
    *,
    source: str,
    by: User,
    name: str = "",
    today: date | None = None,
    salespeople: Mapping[str, int] | None = None,
    chunk_size: int = CHUNK,
    on_reject: OnReject | None = None,
    on_progress: Callable[[LoadResult], None] | None = None,
) -> LoadResult:
    """Add and correct the ledger lines of a delivery: a CSV file opened in binary mode, or rows by column name.

    A line is known by source, document and line number. Customers are named by their key in the source, products by
    article number. Dates are ISO, numbers have a decimal point, `discount` is a fraction; credit notes count negative
    whatever their sign. What an optional column leaves empty stays as it is known. `salespeople` maps the source's
    codes to users. Each refused row goes to `on_reject`; the rest of the delivery is not held up by it.
    Raises NotAllowed, or DomainError for a delivery whose header cannot be used.
    """
    if not permissions.can_load_ledger(by):
        raise NotAllowed("sales_facts", Verb.CREATE)
    if not permissions.can_load_costs(by):
        raise NotAllowed("profitability", Verb.CREATE)
    if not source.strip() or len(source) > 40:
        raise DomainError(_("Name the system that the lines come from, in up to 40 characters."), field="source")
    header, rows = opened(delivery)
    load = _begin(source=source, name=name, by=by)
    work = _Work(
        load=load,
        header=header,
        rows=enumerate(rows, start=2),
        by=by,
        parameters={
            "source": source,
            "load": load.pk,
            "currency": settings.KCRM_REPORTING_CURRENCY,
            "latest": (today or timezone.localdate()) + AHEAD,
            "largest": statements.LARGEST,
            "salespeople": json.dumps(dict(salespeople or {})),
        },
        on_reject=on_reject,
    )
    try:
        while not work.is_done:
            work.chunk(chunk_size)
            if on_progress is not None:
                on_progress(work.result())
    except BaseException:
        if not connection.in_atomic_block:
            LedgerLoad.objects.filter(pk=load.pk).update(state=LedgerLoad.State.FAILED, finished_at=timezone.now())
        raise
    return work.result()


@transaction.atomic
def _begin(*, source: str, name: str, by: User) -> LedgerLoad:
    load = LedgerLoad.objects.create(source=source, name=name[:200], loaded_by=by)
    audit.record(action=AuditEntry.Action.IMPORT, by=by, subject=load, changes={"source": [None, source]})
    return load


@dataclass
class _Done:
    """What came of one chunk."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    documents: int = 0
    file: Sums = NOTHING
    ledger: Sums = NOTHING
    refused: list[Reject] = field(default_factory=list)


@dataclass
class _Work:
    """A load under way: the rows still to come, and what has been done."""

    load: LedgerLoad
    header: Header
    rows: Iterator[tuple[int, Row]]
    by: User
    parameters: dict[str, Any]
    on_reject: OnReject | None
    is_done: bool = False
    file: Sums = NOTHING
    ledger: Sums = NOTHING
    documents: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def result(self) -> LoadResult:
        """What has been done so far."""
        load = self.load
        return LoadResult(
            load_id=load.pk,
            read=load.read,
            created=load.created,
            updated=load.updated,
            unchanged=load.unchanged,
            rejected=load.rejected,
            documents=self.documents,
            file=self.file,
            ledger=self.ledger,
            rejects=tuple(self.rejects),
        )

    def chunk(self, size: int) -> None:
        """Take the next rows in one transaction: all of them or, when anything breaks, none."""
        stream = CopyStream(self.rows, len(self.header.names), size)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '300s'")
            cursor.execute("SET LOCAL lock_timeout = '120s'")
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute("SET LOCAL enable_seqscan = off")  # a chunk looks lines up, however large the ledger grows
            self._stage(cursor, stream)
            rollups.lock(cursor)
            done = self._known(cursor, stream) or self._write(cursor, stream)
            self._enter(stream, done)
        for reject in done.refused:
            if len(self.rejects) < KEPT_REJECTS:
                self.rejects.append(reject)
            if self.on_reject is not None:
                self.on_reject(reject)
        self.file, self.ledger = self.file + done.file, self.ledger + done.ledger
        self.documents += done.documents
        self.is_done = stream.is_last

    def _stage(self, cursor: Any, stream: CopyStream) -> None:
        cursor.execute(statements.DROP)
        cursor.execute(statements.STAGE)
        columns = ", ".join(("row_no", *self.header.names))
        cursor.copy_expert(f"COPY ledger_stage ({columns}) FROM STDIN", stream)
        if stream.error is not None:
            raise stream.error

    def _known(self, cursor: Any, stream: CopyStream) -> _Done | None:
        """A chunk that the ledger has word for word, recognised by the hashes of its rows; None for any other."""
        if stream.rejects or not stream.count:
            return None
        cursor.execute(statements.BEGINS_KNOWN, self.parameters)
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("ANALYZE ledger_stage (document)")
        self._with_sight(cursor, statements.KNOWN)
        sums = Sums(*cursor.fetchone())
        return _Done(unchanged=stream.count, file=sums, ledger=sums) if sums.lines == stream.count else None

    def _write(self, cursor: Any, stream: CopyStream) -> _Done:
        values = self.parameters
        self._with_sight(cursor, statements.ROWS)
        cursor.execute("ANALYZE ledger_rows (number, line_no)")
        self._with_sight(cursor, statements.GOOD)
        cursor.execute("ANALYZE ledger_good (number, line_no, line_id)")
        cursor.execute(statements.DOCS, values)
        cursor.execute("ANALYZE ledger_docs (id, number)")
        cursor.execute(statements.DELTA)
        cursor.execute(statements.COUNTS)
        created, updated, unchanged, documents = cursor.fetchone()
        ledger = NOTHING
        if created or updated:
            cursor.execute(statements.SHARE_OF_MONTHS, {"sign": -1})
            cursor.execute(statements.ADD_DOCUMENTS, values)
            if updated:
                cursor.execute(statements.REVISE_DOCUMENTS)
                cursor.execute(statements.MOVE_LINES)
                cursor.execute(statements.CORRECT_LINES, values)
            cursor.execute(statements.ADD_LINES, values)
            ledger = Sums(*cursor.fetchone())
            cursor.execute(statements.SHARE_OF_MONTHS, {"sign": 1})
            cursor.execute(statements.SHARE_OF_NEW_DOCUMENTS)
            cursor.execute(statements.ADD_TO_MONTHS)
            cursor.execute(statements.DROP_EMPTY_MONTHS)
            cursor.execute(rollups.MARK_STALE)
        if updated or unchanged:
            cursor.execute(statements.LEDGER_SUMS)
            ledger = Sums(*cursor.fetchone())
        cursor.execute(statements.FILE_SUMS)
        file = Sums(*cursor.fetchone())
        accepted = created + updated + unchanged
        refused = self._refused(cursor, stream.rejects) if accepted < stream.count else []
        return _Done(created, updated, unchanged, documents, file, ledger, refused)

    def _with_sight(self, cursor: Any, statement: str) -> None:
        """Run a statement over the customers whose sales the loader may write."""
        visible = Customer.objects.visible_to(self.by, "sales_facts").order_by().values("pk")
        sql, parameters = visible.query.sql_with_params()
        names = {f"visible_{index}": value for index, value in enumerate(parameters)}
        sql %= tuple(f"%({name})s" for name in names)
        whole = statement.replace("{visible}", sql).replace("{row_hash}", statements.ROW_HASH)
        cursor.execute(whole, self.parameters | names)

    def _refused(self, cursor: Any, staging: list[Reject]) -> list[Reject]:
        cursor.execute(statements.FAULTS)
        found = list(staging)
        for row, fault, values in cursor.fetchall():
            column, _colon, code = fault.partition(":")
            known = values if isinstance(values, dict) else json.loads(values)
            found.append(Reject(row, column, code, (known.get(column) or "")[:200]))
        found.sort(key=lambda reject: reject.row)
        return found

    def _enter(self, stream: CopyStream, done: _Done) -> None:
        """Note in the load's row how far it is; with the last chunk also bring the summaries up to date."""
        load = self.load
        load.read += stream.count
        load.created += done.created
        load.updated += done.updated
        load.unchanged += done.unchanged
        load.rejected += len({reject.row for reject in done.refused})
        load.file_net_units += done.file.net_units
        load.ledger_net_units += done.ledger.net_units
        if stream.is_last:
            load.state, load.finished_at = LedgerLoad.State.DONE, timezone.now()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = on")
            rollups.refresh_stale()
            outbox.note("ledger.imported", object_id=load.pk)
            audit.record(
                action=AuditEntry.Action.IMPORT,
                by=self.by,
                subject=load,
                changes={
                    name: [None, getattr(load, name)]
                    for name in ("read", "created", "updated", "unchanged", "rejected")
                },
            )
        load.save()
