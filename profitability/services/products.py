"""Bring in products and their groups from the system that keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from accounts.services.audit import Entry
from fields.definitions import Book, book_for
from fields.services.values import custom_after, merged_values, told
from kcrm.lib.access import Verb
from kcrm.lib.errors import DomainError, NotAllowed
from profitability import permissions
from profitability.custom_fields import PRODUCT
from profitability.models import Product, ProductGroup

BATCH: Final = 1_000
PRODUCT_LOCK: Final = 0x9B0D5
PRODUCT_FIELDS: Final = ("name", "group", "list_price", "currency", "unit", "is_active")
GROUP_FIELDS: Final = ("name", "description")
YES: Final = frozenset({"1", "true", "yes", "y"})
NO: Final = frozenset({"0", "false", "no", "n", ""})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row: created, updated, unchanged or rejected, with the sentence that says why not."""

    key: str
    result: str
    id: int | None = None
    field: str = ""
    reason: str = ""


@transaction.atomic
def upsert_product_groups(rows: Iterable[Mapping[str, Any]], *, source: str, by: User) -> list[Outcome]:
    """Add and change product groups, known by source and code; one outcome a row, in their order.

    A field that a row leaves out stays as it is. Raises NotAllowed.
    """
    _begin(by)
    rows = list(rows)
    known = {group.code: group for group in ProductGroup.objects.filter(source=source).select_for_update()}
    outcomes, entries = [], []
    for row in rows:
        code = _text(row.get("code"))
        try:
            _refuse_unknown(row, ("code", *GROUP_FIELDS))
            values = {name: _text(row[name]) for name in GROUP_FIELDS if name in row}
            _check_text("code", code, 60)
            _check_text("name", values.get("name", "-"), 150)
        except DomainError as error:
            outcomes.append(Outcome(code, "rejected", field=error.field or "", reason=str(error)))
            continue
        outcome, entry = _save(known, ProductGroup, code, {"source": source, "code": code}, values, by=by)
        outcomes.append(outcome)
        entries += entry
    audit.record_all(entries)
    return outcomes


@transaction.atomic
def upsert_products(rows: Iterable[Mapping[str, Any]], *, source: str, by: User) -> list[Outcome]:
    """Add and change products, known by source and article number; `group` is a group's code in the same source.

    `custom` is {key: value} of fields of one's own. One outcome a row, in their order; a field that a row leaves out
    stays as it is. Raises NotAllowed.
    """
    _begin(by)
    rows, book = list(rows), book_for(by)
    groups = dict(ProductGroup.objects.filter(source=source).values_list("code", "pk"))
    skus = {_text(row.get("sku")) for row in rows}
    known = {p.sku: p for p in Product.objects.filter(source=source, sku__in=skus).select_for_update()}
    outcomes, entries = [], []
    for row in rows:
        sku = _text(row.get("sku"))
        try:
            _refuse_unknown(row, ("sku", *PRODUCT_FIELDS, "custom"))
            _check_text("sku", sku, 60)
            values = _product_values(row, groups)
            if sku not in known or "custom" in row:
                values["custom"] = _custom(row, known.get(sku), by, book)
        except DomainError as error:
            outcomes.append(Outcome(sku, "rejected", field=error.field or "", reason=str(error)))
            continue
        outcome, entry = _save(known, Product, sku, {"source": source, "sku": sku}, values, by=by)
        outcomes.append(outcome)
        entries += entry
    audit.record_all(entries)
    return outcomes


@transaction.atomic
def change_product(*, product_id: int, version: int | None, values: Mapping[str, Any], by: User) -> Product:
    """Change the group (`group_id`), the unit or whether it is on sale, which the next delivery may change back; and
    fields of one's own (`custom`).

    Raises DoesNotExist, StaleVersion, NotAllowed, DomainError.
    """
    if unknown := set(values) - {"group_id", "unit", "is_active", "custom"}:
        raise ValueError(f"Not to be changed here: {sorted(unknown)}")
    product: Product = Product.objects.visible_to(by).locked(product_id, version)
    if not permissions.can_change_products(by):
        raise NotAllowed("product", Verb.UPDATE)
    ready = dict(values)
    if "unit" in ready:
        ready["unit"] = _text(ready["unit"])
        _check_text("unit", ready["unit"], 60, needed=False)
    group = ready.get("group_id")
    if group is not None and not ProductGroup.objects.visible_to(by).filter(pk=group).exists():
        raise DomainError(_("There is no such product group."), field="group")
    ready |= custom_after(PRODUCT.key, values, product.custom, by=by, classes=PRODUCT.classes)
    if changes := product.apply(ready):
        audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=product, changes=told(PRODUCT.key, changes, by=by))
    return product


def _begin(by: User) -> None:
    """Refuse who may not; and let one upsert run at a time, so that two that bring the same new key both end well."""
    if not permissions.can_change_products(by):
        raise NotAllowed("product", Verb.UPDATE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PRODUCT_LOCK])


def _save(
    known: dict[str, Any],
    model: type[Product] | type[ProductGroup],
    key: str,
    identity: Mapping[str, str],
    values: dict[str, Any],
    *,
    by: User,
) -> tuple[Outcome, list[Entry]]:
    row = known.get(key)
    if row is None:
        if "name" not in values:
            return Outcome(key, "rejected", field="name", reason=_("This is needed and missing.")), []
        row = known[key] = model.objects.create(**identity, **values)
        changes = {name: [None, value] for name, value in values.items()}
        return Outcome(key, "created", row.pk), [
            audit.entry(action=AuditEntry.Action.CREATE, by=by, subject=row, changes=told(PRODUCT.key, changes, by=by))
        ]
    changes = row.apply(values)
    if not changes:
        return Outcome(key, "unchanged", row.pk), []
    return Outcome(key, "updated", row.pk), [
        audit.entry(action=AuditEntry.Action.UPDATE, by=by, subject=row, changes=told(PRODUCT.key, changes, by=by))
    ]


def _product_values(row: Mapping[str, Any], groups: Mapping[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, longest in (("name", 200), ("unit", 60)):
        if name in row:
            values[name] = _text(row[name])
            _check_text(name, values[name], longest, needed=name == "name")
    if "group" in row:
        code = _text(row["group"])
        if code and code not in groups:
            raise DomainError(_("Nobody knows the product group “%(code)s”.") % {"code": code[:60]}, field="group")
        values["group_id"] = groups.get(code)
    if "list_price" in row:
        values["list_price"] = _price(_text(row["list_price"]))
    if "currency" in row:
        currency = _text(row["currency"]).upper()
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise DomainError(_("A currency is its ISO code of three letters."), field="currency")
        values["currency"] = currency
    if "is_active" in row:
        word = _text(row["is_active"]).lower()
        if word not in YES | NO:
            raise DomainError(_("Write true or false."), field="is_active")
        values["is_active"] = word in YES
    return values


def _custom(row: Mapping[str, Any], current: Product | None, by: User, book: Book) -> dict[str, Any]:
    """The values of the product's own fields after the row."""
    given = row.get("custom", {})
    if not isinstance(given, Mapping):
        raise DomainError(_("This field is unknown or cannot be set."), field="custom")
    stored = {} if current is None else current.custom
    is_new = current is None
    return merged_values(PRODUCT.key, stored, given, by=by, classes=PRODUCT.classes, is_new=is_new, book=book)


def _price(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < 0 or price >= 10**12:
        raise DomainError(_("This is not a price; write it like 1234.56."), field="list_price")
    return price.quantize(Decimal("0.0001"))


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).replace("\0", " ").split())


def _check_text(field: str, text: str, longest: int, *, needed: bool = True) -> None:
    if needed and not text:
        raise DomainError(_("This is needed and missing."), field=field)
    if len(text) > longest:
        raise DomainError(_("The text is too long."), field=field)


def _refuse_unknown(row: Mapping[str, Any], known: tuple[str, ...]) -> None:
    if unknown := next((name for name in row if name not in known), None):
        raise DomainError(_("This field is unknown or cannot be set."), field=str(unknown)[:60])
