"""Products, their groups and ledger lines as rows of an import: what the services for them answer, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from profitability.models import LedgerLine, Product, ProductGroup
from profitability.services.ledger import Reject, load_ledger
from profitability.services.products import GROUP_FIELDS, PRODUCT_FIELDS, upsert_product_groups, upsert_products
from profitability.services.products import Outcome as ProductOutcome

COLUMNS: Final[Mapping[str, str]] = {"group": "group_id"}
LineState = list[Any]
Upsert = Callable[..., list[ProductOutcome]]


def save_product_groups(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change product groups, known by source and code."""
    return _save(rows, run, ProductGroup, "code", GROUP_FIELDS, upsert_product_groups)


def save_products(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change products, known by source and article number."""
    return _save(rows, run, Product, "sku", PRODUCT_FIELDS, upsert_products)


def _save(
    rows: Sequence[Row], run: Run, model: type[Any], key: str, fields: Sequence[str], upsert: Upsert
) -> list[Outcome]:
    columns = [COLUMNS.get(name, name) for name in fields]
    keys = {str(row.values[key]) for row in rows}

    def images() -> dict[int, dict[str, Any]]:
        found = model.objects.filter(source=run.source, **{f"{key}__in": keys}).values("pk", *columns)
        return {values.pop("pk"): {name: _plain(value) for name, value in values.items()} for values in found}

    before = images()
    known = {}
    for record in model.objects.filter(source=run.source, **{f"{key}__in": keys}).values(key, *columns):
        known[record[key]] = record
    outcomes = upsert(
        [_allowed(row.values, known.get(str(row.values[key])), run, key) for row in rows], source=run.source, by=run.by
    )
    after = images()
    return [_outcome(row, said, model, before, after) for row, said in zip(rows, outcomes, strict=True)]


def _allowed(values: Mapping[str, Any], current: Mapping[str, Any] | None, run: Run, key: str) -> dict[str, Any]:
    """The values that the policy lets take the place of what is there."""
    texts = {name: "true" if value is True else "false" if value is False else value for name, value in values.items()}
    if current is None:
        return texts
    return {
        name: value
        for name, value in texts.items()
        if name == key or run.takes(name, current.get(COLUMNS.get(name, name)))
    }


def _outcome(
    row: Row,
    said: ProductOutcome,
    model: type[Any],
    before: Mapping[int, Mapping[str, Any]],
    after: Mapping[int, Mapping[str, Any]],
) -> Outcome:
    if said.result == "rejected" or said.id is None:
        return Outcome.refused(row, RowError(said.reason, field=said.field))
    old, new = before.get(said.id), after[said.id]
    differing = [name for name in new if old is None or old[name] != new[name]]
    outcome = Outcome(row.number, Done(said.result), said.id, f"{said.key} {row.values.get('name', '')}".strip()[:200])
    if differing:
        values = {name: new[name] for name in differing}
        was = None if old is None else {name: old[name] for name in differing}
        outcome.images = [Image(model._meta.label_lower, said.id, was, values)]
    if old is not None:
        outcome.changes = {name: [old[name], new[name]] for name in differing}
    return outcome


def save_ledger_lines(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Hand the rows to the ledger, which keeps each line once by source, document and line number."""
    rejects: dict[int, Reject] = {}
    keys = [(str(row.values["document"]), int(row.values["line"])) for row in rows]
    before = _lines(keys, run.source)

    def note(reject: Reject) -> None:
        rejects.setdefault(reject.row, reject)

    load_ledger(
        (_texts(row.values) for row in rows),
        source=run.source,
        by=run.by,
        today=run.today,
        on_reject=note,
    )
    after = _lines(keys, run.source)
    return [
        _line(row, rejects.get(index), before.get(key), after.get(key))
        for index, (row, key) in enumerate(zip(rows, keys, strict=True), start=2)
    ]


def _lines(keys: Iterable[tuple[str, int]], source: str) -> dict[tuple[str, int], LineState]:
    """{(document, line): (id, hash of its row, load that wrote it, customer)} of the lines that are there."""
    found = LedgerLine.objects.filter(
        document__source=source, document__number__in={number for number, _line in keys}
    ).values_list("document__number", "line_no", "pk", "row_hash", "load_id", "customer_id")
    return {(number, line): state for number, line, *state in found.iterator()}


def _line(row: Row, reject: Reject | None, before: LineState | None, after: LineState | None) -> Outcome:
    if reject is not None:
        return Outcome.refused(row, RowError(reject.reason, field=reject.column, code=reject.code))
    if after is None:
        return Outcome.refused(row, RowError(_("The ledger did not take this line.")))
    done = Done.CREATED if before is None else Done.UNCHANGED if before == after else Done.UPDATED
    label = f"{row.values['document']} / {row.values['line']}"
    return Outcome(row.number, done, after[0], label, customer_id=after[-1])


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, date) else format(value, "f") if isinstance(value, Decimal)
        else str(value)
        for name, value in values.items()
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
