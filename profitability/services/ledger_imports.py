"""Documents and lines of the ledger as rows of an import.

Lines come with the header of their document or after it: what a row does not say of its document is what the ledger
knows. Customers are named by key, registration number or name, products by article number or name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.services.naming import people_named
from customers.services.imports.references import Customers, customers_named
from kcrm.lib import words
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from kcrm.lib.imports.outcomes import UNMATCHED
from profitability.models import LedgerDocument, LedgerLine, Product
from profitability.services.ledger import Reject, load_ledger
from profitability.services.ledger_undo import DOCUMENT, DOCUMENT_COLUMNS, LINE, LINE_COLUMNS, plain

OF_DOCUMENT: Final = ("document_on", "kind", "posted_on", "currency", "rate")
MARK: Final = "\x1f"  # before the number of a customer whom no text of the file names
Key = tuple[str, int]
State = dict[str, Any]


def save_ledger_lines(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Hand the rows to the ledger, which keeps each line once by source, document and line number."""
    numbers = {str(row.values["document"]) for row in rows}
    documents, lines = _documents(numbers, run.source), _lines(numbers, run.source)
    customers = customers_named((row.values.get("customer") for row in rows), run)
    products = _Products({str(row.values["product"]) for row in rows}, run.source)
    people = people_named((row.values.get("salesperson") for row in rows), run.source)
    outcomes: dict[int, Outcome] = {}
    ready: list[tuple[Row, dict[str, str]]] = []
    meant: dict[str, int] = {}
    for row in rows:
        try:
            values = _whole(row, documents, customers, meant)
            values["product"] = products.get(str(values["product"]))
            ready.append((row, _texts(values)))
        except DomainError as error:
            outcomes[row.number] = Outcome.refused(row, error)
    rejects: dict[int, Reject] = {}

    def note(reject: Reject) -> None:
        rejects.setdefault(reject.row, reject)

    load_ledger(
        [texts for _row, texts in ready],
        source=run.source,
        by=run.by,
        today=run.today,
        salespeople={name: user.pk for name in _names(rows, "salesperson") if (user := people.find(name))},
        customers=meant,
        on_reject=note,
    )
    documents_now, lines_now = _documents(numbers, run.source), _lines(numbers, run.source)
    for index, (row, texts) in enumerate(ready, start=2):
        key = (texts["document"], int(texts["line"]))
        outcome = _line(row, key, rejects.get(index), lines.get(key), lines_now.get(key))
        was, now = documents.get(key[0]), documents_now.pop(key[0], None)
        if outcome.done is Done.REJECTED and now is not None:
            documents_now[key[0]] = now  # another row of the document brought it
        elif now is not None and (image := _image(DOCUMENT, DOCUMENT_COLUMNS, was, now)):
            outcome.images.append(image)
            outcome.done = Done.UPDATED if outcome.done is Done.UNCHANGED else outcome.done
        outcomes[row.number] = outcome
    return [outcomes[row.number] for row in rows]


def _whole(row: Row, documents: Mapping[str, State], customers: Customers, meant: dict[str, int]) -> dict[str, Any]:
    """A row with all that the ledger needs of its document; `meant` learns whom its customer's text means."""
    values = dict(row.values)
    known = documents.get(str(values["document"]))
    if named := values.get("customer"):
        meant[str(named)] = customers.get(str(named), field="customer").pk
    elif known is not None:
        values["customer"] = f"{MARK}{known['customer_id']}"
        meant[values["customer"]] = known["customer_id"]
    if known is not None and "document_on" not in values:
        values |= {name: known[name] for name in OF_DOCUMENT if name not in values}
    missing = [name for name in ("customer", "document_on") if name not in values]
    if missing:
        raise RowError(
            _("“%(number)s” is not in the ledger yet. Bring the documents in first, or give customer and date here.")
            % {"number": str(values["document"])[:60]},
            field=missing[0],
            code="missing",
        )
    return values


class _Products:
    """The products that texts mean: by article number or, if it is the only one, by name."""

    def __init__(self, asked: set[str], source: str) -> None:
        rows = Product.objects.filter(source=source)
        self.known = set(rows.filter(sku__in=asked).values_list("sku", flat=True))
        self.named: dict[str, list[str]] = defaultdict(list)
        wanted = {_bare(text) for text in asked - self.known}
        if wanted:
            for sku, name in rows.values_list("sku", "name").iterator():
                if _bare(name) in wanted:
                    self.named[_bare(name)].append(sku)

    def get(self, text: str) -> str:
        """The article number. Raises RowError when there is none, or several of that name."""
        if text in self.known:
            return text
        named = self.named.get(_bare(text), [])
        if len(named) == 1:
            return named[0]
        sentence = (
            _("Several products are called “%(name)s”; name the one by its article number.")
            if named
            else _("No product is called “%(name)s”. Bring it in first, or map the name to one that is there.")
        )
        raise RowError(sentence % {"name": text[:60]}, field="product", code="ambiguous" if named else UNMATCHED)


def _bare(text: str) -> str:
    """The name without what people write one way or another: case, accents, spaces, signs."""
    return "".join(sign for sign in words.fold(text) if sign.isalnum())


def _names(rows: Sequence[Row], field: str) -> set[str]:
    return {str(row.values[field]) for row in rows if row.values.get(field)}


def _documents(numbers: Collection[str], source: str) -> dict[str, State]:
    """{number: what the ledger says of it}."""
    rows = LedgerDocument.objects.filter(source=source, number__in=numbers)
    return {row.pop("number"): row for row in rows.values("number", "pk", *DOCUMENT_COLUMNS).iterator()}


def _lines(numbers: Collection[str], source: str) -> dict[Key, State]:
    """{(document, line): what the ledger says of it}."""
    rows = LedgerLine.objects.filter(document__source=source, document__number__in=numbers)
    found = rows.values("document__number", "line_no", "pk", "load_id", *LINE_COLUMNS)
    return {(row.pop("document__number"), row.pop("line_no")): row for row in found.iterator()}


def _line(row: Row, key: Key, reject: Reject | None, before: State | None, after: State | None) -> Outcome:
    if reject is not None:
        code = UNMATCHED if reject.code == "unknown" and reject.column in {"customer", "product"} else reject.code
        return Outcome.refused(row, RowError(reject.reason, field=reject.column, code=code))
    if after is None:
        return Outcome.refused(row, RowError(_("The ledger did not take this line.")))
    done = Done.CREATED if before is None else Done.UNCHANGED if before == after else Done.UPDATED
    outcome = Outcome(row.number, done, after["pk"], f"{key[0]} / {key[1]}", customer_id=after["customer_id"])
    if image := _image(LINE, LINE_COLUMNS, before, after):
        outcome.images = [image]
        if before is not None:
            outcome.changes = {name: [image.before[name], image.after[name]] for name in image.after}  # type: ignore[index]  # both images exist where something changed
    return outcome


def _image(model: str, columns: Sequence[str], before: State | None, after: State) -> Image | None:
    """What became of a row of the ledger; None where nothing did."""
    differing = [name for name in columns if before is None or before[name] != after[name]]
    if not differing:
        return None
    was = None if before is None else {name: plain(before[name]) for name in differing}
    return Image(model, after["pk"], was, {name: plain(after[name]) for name in differing})


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, date) else format(value, "f") if isinstance(value, Decimal)
        else str(value)
        for name, value in values.items()
    }  # fmt: skip
