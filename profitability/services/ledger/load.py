"""Load ledger lines.

A delivery is cut into chunks; each is staged, checked, written and added to the roll-ups in one transaction, so a kill
leaves whole chunks, and delivering the same file again adds what is missing and nothing twice. One load writes at a
time: an advisory lock, held for a chunk, orders those that meet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import IO, Any, Final

from django.conf import settings
from django.db import DataError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from accounts.services.codes import codes_of
from customers.models import Customer
from feed.services import outbox
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from profitability import permissions
from profitability.models import LedgerLoad
from profitability.services import rollups
from profitability.services.ledger import reading, statements
from profitability.services.ledger.deliveries import Delivery, Staged, opened
from profitability.services.ledger.results import KEPT_REJECTS, NOTHING, LoadResult, Reject, Sums

CHUNK: Final = 50_000
SAMPLE: Final = 24  # rows that tell whether a chunk came before
AHEAD: Final = timedelta(days=1)  # it may already be tomorrow where the books are kept

OnReject = Callable[[Reject], None]
Lines = IO[bytes] | Iterable[Mapping[str, Any]]


def load_ledger(
    delivery: Lines,
    *,
    source: str,
    by: User,
    name: str = "",
    today: date | None = None,
    salespeople: Mapping[str, int] | None = None,
    customers: Mapping[str, int] | None = None,
    chunk_size: int = CHUNK,
    on_reject: OnReject | None = None,
    on_progress: Callable[[LoadResult], None] | None = None,
) -> LoadResult:
    """Add and correct the ledger lines of a delivery: a CSV file opened in binary mode, or rows by column name.

    A line is known by source, document and line number. Customers are named by their key in the source, products by
    article number. Dates are ISO, numbers have a decimal point, `discount` is a fraction; credit notes count negative
    whatever their sign. What an optional column leaves empty stays as it is known. `salespeople` maps the source's
    codes to users (without it those that are known of the source); `customers`, where given, the texts to customers
    instead of their keys. Each refused row goes to `on_reject`; the rest of the delivery is not held up by it.
    Raises NotAllowed, or DomainError for a delivery whose header cannot be used.
    """
    if not permissions.can_load_ledger(by):
        raise NotAllowed("sales_facts", Verb.CREATE)
    if not permissions.can_load_costs(by):
        raise NotAllowed("profitability", Verb.CREATE)
    if not source.strip() or len(source) > 40:
        raise DomainError(_("Name the system that the lines come from, in up to 40 characters."), field="source")
    opening = opened(delivery)
    load = _begin(source=source, name=name, by=by)
    work = _Work(
        load=load,
        delivery=opening,
        by=by,
        parameters={
            "source": source,
            "load": load.pk,
            "currency": settings.KCRM_REPORTING_CURRENCY,
            "latest": (today or timezone.localdate()) + AHEAD,
            "largest": reading.LARGEST,
            "salespeople": json.dumps(codes_of(source) if salespeople is None else dict(salespeople)),
            "customers": json.dumps(dict(customers or {})),
        },
        finds_customers=customers is None,
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
    delivery: Delivery
    by: User
    parameters: dict[str, Any]
    on_reject: OnReject | None
    finds_customers: bool = True
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
        """Take about the next `size` rows in one transaction: all of them or, when anything breaks, none."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '300s'")
            cursor.execute("SET LOCAL lock_timeout = '120s'")
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute("SET LOCAL jit = off")  # it would compile for longer than a chunk runs
            cursor.execute(statements.DROP)
            cursor.execute(reading.STAGE)
            staged = self.delivery.stage(cursor, size)
            rollups.lock(cursor)
            cursor.execute(rollups.DELTA)
            done = self._take(cursor, staged)
            self._enter(cursor, staged, done)
        for reject in done.refused:
            if len(self.rejects) < KEPT_REJECTS:
                self.rejects.append(reject)
            if self.on_reject is not None:
                self.on_reject(reject)
        self.file, self.ledger = self.file + done.file, self.ledger + done.ledger
        self.documents += done.documents
        self.is_done = staged.is_last

    def _take(self, cursor: Any, staged: Staged) -> _Done:
        """Pass over the documents that are known word for word, read and write the rest."""
        names, is_clean = self.delivery.header.names, staged.is_clean
        known = NOTHING
        spread = {"one_of": max(1, staged.count // SAMPLE)}
        cursor.execute(reading.looks_known(names, is_clean=is_clean), self.parameters | spread)
        looks_known = bool(cursor.fetchone()[0])
        if looks_known:
            cursor.execute("ANALYZE ledger_stage (document)")
            with _looking_up(cursor):
                self._with_sight(cursor, reading.known_documents(names, is_clean=is_clean))
            known = _sums(cursor, statements.KNOWN_SUMS)
        done = _Done(unchanged=known.lines, file=known, ledger=known, refused=list(staged.rejects))
        if known.lines + len(staged.rejects) < staged.count:
            self._read(cursor, but_known=looks_known, is_clean=is_clean)
            cursor.execute(statements.FILE_SUMS)
            *sums, faulty = cursor.fetchone()
            done.file += Sums(*sums)
            if faulty:
                self._name_faults(cursor, statements.ROW_FAULTS, done)
            with _looking_up(cursor):
                self._write(cursor, done)
        done.refused.sort(key=lambda reject: reject.row)
        return done

    def _read(self, cursor: Any, *, but_known: bool, is_clean: bool) -> None:
        """Read the staged texts trusting that they are dates and numbers, or with care where that is in doubt."""

        def read(*, is_careful: bool) -> None:
            options = {
                "but_known": but_known, "is_clean": is_clean, "is_careful": is_careful,
                "finds_customers": self.finds_customers,
            }  # fmt: skip
            self._with_sight(cursor, reading.read_rows(self.delivery.header.names, **options))

        try:
            with transaction.atomic():
                read(is_careful=False)
                cursor.execute(statements.IN_DOUBT, {"doubt": reading.DOUBT})
                is_in_doubt = bool(cursor.fetchone()[0])
        except DataError:
            is_in_doubt = True
        if is_in_doubt:
            cursor.execute("DROP TABLE IF EXISTS ledger_rows")
            read(is_careful=True)

    def _write(self, cursor: Any, done: _Done) -> None:
        names, values = self.delivery.header.names, self.parameters
        rows = reading.whole_rows(names)
        cursor.execute(statements.documents(names), values)
        cursor.execute(statements.OTHERS)
        are_others = bool(cursor.fetchone()[0])
        if are_others:
            self._judge(cursor, rows, done)
        cursor.execute(statements.NEW_DOCUMENTS)
        done.documents = cursor.fetchone()[0]
        cursor.execute(statements.ADD_DOCUMENTS, values)
        cursor.execute(statements.PLAIN_LINES.replace("{rows}", rows), values)
        added = Sums(*cursor.fetchone())
        done.created, done.ledger = done.created + added.lines, done.ledger + added
        if are_others:
            self._write_judged(cursor, done)
        cursor.execute(statements.SHARE_OF_PLAIN_DOCUMENTS)
        cursor.execute(rollups.ADD_TO_MONTHS)
        if are_others:
            cursor.execute(rollups.DROP_EMPTY_MONTHS)

    def _judge(self, cursor: Any, rows: str, done: _Done) -> None:
        """Compare the lines of documents that are not plain with their neighbours and with the ledger."""
        self._with_sight(cursor, statements.GOOD.replace("{rows}", rows))
        cursor.execute("ANALYZE ledger_good (number, line_no, line_id)")
        cursor.execute(statements.DROP_NOT_PLAIN)
        cursor.execute(statements.JUDGED_DOCUMENTS, self.parameters)
        cursor.execute("ANALYZE ledger_docs (id, number)")
        cursor.execute(statements.COUNTS)
        created, updated, unchanged = cursor.fetchone()
        done.created, done.updated, done.unchanged = created, updated, done.unchanged + unchanged
        self._name_faults(cursor, statements.FAULTS, done)
        cursor.execute(statements.SHARE_OF_MONTHS, {"sign": -1})

    def _write_judged(self, cursor: Any, done: _Done) -> None:
        if done.updated:
            cursor.execute(statements.REVISE_DOCUMENTS)
            cursor.execute(statements.MOVE_LINES)
            cursor.execute(statements.CORRECT_LINES, self.parameters)
        cursor.execute(statements.JUDGED_LINES, self.parameters)
        done.ledger += _sums(cursor, statements.LEDGER_SUMS)
        cursor.execute(statements.SHARE_OF_MONTHS, {"sign": 1})

    def _with_sight(self, cursor: Any, statement: str) -> None:
        """Run a statement over the customers whose sales the loader may write."""
        visible = Customer.objects.visible_to(self.by, "sales_facts").order_by().values("pk")
        sql, parameters = visible.query.sql_with_params()
        names = {f"visible_{index}": value for index, value in enumerate(parameters)}
        sql %= tuple(f"%({name})s" for name in names)
        cursor.execute(statement.replace("{visible}", sql), self.parameters | names)

    def _name_faults(self, cursor: Any, statement: str, done: _Done) -> None:
        cursor.execute(statement)
        for row, fault, values in cursor.fetchall():
            column, _colon, code = fault.partition(":")
            known = values if isinstance(values, dict) else json.loads(values)
            text = known.get(column) or (known.get("document_on") if column == "posted_on" else "") or ""
            done.refused.append(Reject(row, column, code, text[:200]))

    def _enter(self, cursor: Any, staged: Staged, done: _Done) -> None:
        """Note in the load's row how far it is; with the last chunk also bring the summaries up to date."""
        load = self.load
        load.read += staged.count
        load.created += done.created
        load.updated += done.updated
        load.unchanged += done.unchanged
        load.rejected += len({reject.row for reject in done.refused})
        load.file_net_units += done.file.net_units
        load.ledger_net_units += done.ledger.net_units
        if not staged.is_last:
            cursor.execute(rollups.MARK_STALE)
        else:
            load.state, load.finished_at = LedgerLoad.State.DONE, timezone.now()
            rollups.refresh_touched(cursor)
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


@contextmanager
def _looking_up(cursor: Any) -> Iterator[None]:
    """A chunk looks documents and lines up in the ledger, however large it grows; it never reads the whole."""
    cursor.execute("SET LOCAL enable_seqscan = off")
    yield
    cursor.execute("SET LOCAL enable_seqscan = on")


def _sums(cursor: Any, statement: str) -> Sums:
    cursor.execute(statement)
    return Sums(*cursor.fetchone())
