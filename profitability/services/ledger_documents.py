"""Headers of invoices and credit notes as rows of an import, for files that have the lines apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.services.naming import People, people_named
from customers.models import Customer
from customers.services.imports import writing
from customers.services.imports.references import Customers, customers_named
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from kcrm.lib.money import to_units
from kcrm.lib.periods import month_of
from profitability import permissions
from profitability.models import LedgerDocument, LedgerLine, PeriodClose
from profitability.services import rollups
from profitability.services.ledger.load import AHEAD
from profitability.services.ledger.results import REASONS
from profitability.services.ledger_undo import DOCUMENT, DOCUMENT_COLUMNS, plain

# What lines repeat of their document, or what their amounts were made with
HELD_BY_LINES: Final = frozenset({"customer_id", "posted_on", "kind", "currency", "rate"})
LARGEST_RATE: Final = Decimal(10) ** 10
RATE_DECIMALS: Final = 8
BATCH: Final = 1_000


@transaction.atomic
def save_documents(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change documents, known by source and number; one outcome a row. Raises NotAllowed."""
    if not permissions.can_load_ledger(run.by):
        raise NotAllowed("sales_facts", Verb.CREATE)
    with connection.cursor() as cursor:
        rollups.lock(cursor)
    numbers = {str(row.values["document"]) for row in rows}
    found = LedgerDocument.objects.filter(source=run.source, number__in=numbers).select_for_update().order_by("pk")
    known = {document.number: document for document in found}
    work = _Work(
        run,
        customers_named((row.values.get("customer") for row in rows), run),
        people_named((row.values.get("salesperson") for row in rows), run.source),
        set(PeriodClose.objects.values_list("month", flat=True)),
        set(LedgerLine.objects.filter(document__in=found).values_list("document_id", flat=True)),
    )
    outcomes: dict[int, Outcome] = {}
    new: list[tuple[Row, LedgerDocument]] = []
    altered: list[tuple[Row, LedgerDocument, dict[str, list[Any]]]] = []
    for row in rows:
        try:
            document = known.get(str(row.values["document"]))
            values = work.values(row, document)
            if document is None:
                new.append((row, LedgerDocument(source=run.source, number=row.values["document"], **values)))
            else:
                altered.append((row, document, work.changes(document, values)))
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
    LedgerDocument.objects.bulk_create([document for _row, document in new], batch_size=BATCH)
    touched = {document.customer_id for _row, document in new}
    for row, document in new:
        image = Image(DOCUMENT, document.pk, None, _columns(document))
        outcomes[row.number] = _outcome(row, document, Done.CREATED, [image])
    for row, document, changes in altered:
        touched |= {document.customer_id} if changes else set()
        writing.set_values(document, changes)
        touched |= {document.customer_id} if changes else set()
        pairs = {name: [plain(value) for value in pair] for name, pair in changes.items()}
        before, after = ({name: pair[side] for name, pair in pairs.items()} for side in (0, 1))
        images = [Image(DOCUMENT, document.pk, before, after)] if changes else []
        outcomes[row.number] = _outcome(row, document, Done.UPDATED if changes else Done.UNCHANGED, images)
        outcomes[row.number].changes = pairs
    writing.save_changed((document, changes) for _row, document, changes in altered if changes)
    if touched:
        rollups.rebuild_customers(sorted(touched))
    return [outcomes[row.number] for row in rows]


class _Work:
    """The rows of a chunk on their way into documents."""

    def __init__(self, run: Run, customers: Customers, people: People, closed: set[date], with_lines: set[int]) -> None:
        self.run, self.customers, self.people = run, customers, people
        self.closed, self.with_lines = closed, with_lines
        self.latest = run.today + AHEAD

    def values(self, row: Row, document: LedgerDocument | None) -> dict[str, Any]:
        """What the document says after this row. Raises RowError."""
        given = row.values
        if len(str(given["document"])) > 60:
            raise _reason("document", "too_long")
        missing = [name for name in ("customer", "document_on") if document is None and name not in given]
        if missing:
            raise _reason(missing[0], "missing")
        customer = self._customer(given, document)
        values: dict[str, Any] = {"customer_id": customer}
        values["kind"] = given.get("kind", document.kind if document else LedgerDocument.Kind.INVOICE)
        values["document_on"] = given.get("document_on", document and document.document_on)
        values["posted_on"] = given.get("posted_on", document.posted_on if document else values["document_on"])
        for name in ("document_on", "posted_on"):
            if values[name] > self.latest:
                raise _reason(name, "in_the_future")
        values |= {name: given[name] for name in ("due_on", "shipped_on") if name in given}
        values |= _money(given, values["kind"], document)
        if code := str(given.get("salesperson", "")):
            if len(code) > 60:
                raise _reason("salesperson", "too_long")
            person = self.people.find(code)
            values |= {"salesperson_code": code, "salesperson_id": person.pk if person else None}
        if document is None and month_of(values["posted_on"]) in self.closed:
            raise _reason("posted_on", "closed")
        return values

    def _customer(self, given: Mapping[str, Any], document: LedgerDocument | None) -> int:
        if "customer" not in given and document is not None:
            customer = document.customer_id
        else:
            customer = self.customers.get(str(given["customer"]), field="customer").pk
        return customer

    def changes(self, document: LedgerDocument, values: Mapping[str, Any]) -> dict[str, list[Any]]:
        """{column: [before, after]}. Raises RowError for what the lines or the months of the document hold."""
        if not Customer.objects.visible_to(self.run.by, "sales_facts").filter(pk=document.customer_id).exists():
            raise _reason("document", "unknown")
        before = {name: getattr(document, name) for name in values}
        changes = {
            name: [before[name], value]
            for name, value in values.items()
            if before[name] != value and self.run.takes(_FIELD.get(name, name), before[name])
        }
        if changes and {month_of(document.posted_on), month_of(values["posted_on"])} & self.closed:
            raise _reason("posted_on", "closed")
        if document.pk in self.with_lines and HELD_BY_LINES & changes.keys():
            raise RowError(
                _("The ledger has lines of this document. Bring its lines in again with the new header instead."),
                field=_FIELD.get(min(HELD_BY_LINES & changes.keys()), min(HELD_BY_LINES & changes.keys())),
                code="differs",
            )
        return changes


_FIELD: Final = {
    "customer_id": "customer", "freight_units": "freight", "salesperson_code": "salesperson",
    "salesperson_id": "salesperson",
}  # fmt: skip


def _money(given: Mapping[str, Any], kind: str, document: LedgerDocument | None) -> dict[str, Any]:
    """Currency, rate and freight. Raises RowError."""
    reporting = settings.KCRM_REPORTING_CURRENCY
    currency = str(given.get("currency", document.currency if document else reporting)).upper()
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise _reason("currency", "not_a_currency")
    known = document.rate if document is not None and document.currency == currency else None
    rate = given.get("rate", known if known is not None else Decimal(1) if currency == reporting else None)
    if rate is None:
        raise _reason("rate", "no_rate")
    if not 0 < rate < LARGEST_RATE:
        raise _reason("rate", "not_positive" if rate <= 0 else "too_large")
    found: dict[str, Any] = {"currency": currency, "rate": round(rate, RATE_DECIMALS)}
    if "freight" in given:
        if given["freight"] < 0:
            raise _reason("freight", "negative")
        try:
            units = to_units(given["freight"] * rate)
        except ValueError:
            raise _reason("freight", "too_large") from None
        found["freight_units"] = -units if kind == LedgerDocument.Kind.CREDIT_NOTE else units
    return found


def _reason(field: str, code: str) -> RowError:
    return RowError(REASONS[code], field=field, code=code)


def _columns(document: LedgerDocument) -> dict[str, Any]:
    return {name: plain(getattr(document, name)) for name in DOCUMENT_COLUMNS}


def _outcome(row: Row, document: LedgerDocument, done: Done, images: list[Image]) -> Outcome:
    return Outcome(row.number, done, document.pk, document.number, customer_id=document.customer_id, images=images)
