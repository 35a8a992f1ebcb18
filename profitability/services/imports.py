"""Products and their groups as rows of an import: what the services for them answer, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from accounts.services.naming import People, people_named
from fields.definitions import PREFIX, Book, book_for
from fields.importing import in_words, people_in
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run
from kcrm.lib.imports.outcomes import UNMATCHED
from profitability.custom_fields import PRODUCT
from profitability.models import Product, ProductGroup
from profitability.services.products import GROUP_FIELDS, PRODUCT_FIELDS, upsert_product_groups, upsert_products
from profitability.services.products import Outcome as ProductOutcome

COLUMNS: Final[Mapping[str, str]] = {"group": "group_id"}
Upsert = Callable[..., list[ProductOutcome]]


def save_product_groups(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change product groups, known by source and code."""
    return _save(rows, run, ProductGroup, "code", GROUP_FIELDS, upsert_product_groups)


def save_products(rows: Sequence[Row], run: Run) -> list[Outcome]:
    """Make and change products, known by source and article number."""
    book = book_for(run.by)
    people = people_named(people_in(PRODUCT.key, [row.values for row in rows], book), run.source)
    skus = {str(row.values["sku"]) for row in rows}
    stored = dict(Product.objects.filter(source=run.source, sku__in=skus).values_list("sku", "custom"))
    folded, refused = [], {}
    for row in rows:
        try:
            values = _folded(row.values, stored.get(str(row.values["sku"]), {}), run, book, people)
            folded.append(replace(row, values=values))
        except RowError as error:
            refused[row.number] = Outcome.refused(row, error)
    saved = _save(folded, run, Product, "sku", (*PRODUCT_FIELDS, "custom"), upsert_products)
    for outcome in saved:
        outcome.changes = in_words(PRODUCT.key, outcome.changes, book)
    found = refused | {outcome.number: outcome for outcome in saved}
    return [found[row.number] for row in rows]


def _folded(
    values: Mapping[str, Any], stored: Mapping[str, Any], run: Run, book: Book, people: People
) -> dict[str, Any]:
    """The values with those of fields of one's own together, as far as the policy lets them in. Raises RowError."""
    own = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    custom: dict[str, Any] = {}
    for name in values.keys() - own.keys():
        key = name.removeprefix(PREFIX)
        if run.takes(name, stored.get(key)):
            field = book.get(PRODUCT.key, key)
            is_person = field is not None and field.kind == "user"
            custom[key] = people.get(str(values[name]), field=name) if is_person else values[name]
    return own | ({"custom": custom} if custom else {})


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
        if name in {key, "custom"} or run.takes(name, current.get(COLUMNS.get(name, name)))
    }


def _outcome(
    row: Row,
    said: ProductOutcome,
    model: type[Any],
    before: Mapping[int, Mapping[str, Any]],
    after: Mapping[int, Mapping[str, Any]],
) -> Outcome:
    if said.result == "rejected" or said.id is None:
        code = UNMATCHED if said.field == "group" else "invalid"
        return Outcome.refused(row, RowError(said.reason, field=said.field, code=code))
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


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
