"""Take lines and documents back that an import brought into the ledger, as a set, with the roll-ups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from kcrm.lib.access import Verb
from kcrm.lib.errors import NotAllowed
from kcrm.lib.periods import month_of
from profitability import permissions
from profitability.models import LedgerDocument, LedgerLine, PeriodClose
from profitability.services import rollups

DOCUMENT_COLUMNS: Final = (
    "kind", "customer_id", "document_on", "posted_on", "due_on", "shipped_on", "currency", "rate", "freight_units",
    "salesperson_id", "salesperson_code",
)  # fmt: skip
LINE_COLUMNS: Final = (
    "product_id", "customer_id", "posted_on", "quantity", "unit_price_units", "gross_units", "discount_units",
    "net_units", "cost_units", "state", "row_hash",
)  # fmt: skip
LINE, DOCUMENT = "profitability.ledgerline", "profitability.ledgerdocument"
MODELS: Final[Mapping[str, Any]] = {LINE: LedgerLine, DOCUMENT: LedgerDocument}
NOT_COMPARED: Final = "row_hash"  # how a line was written in its file, not what it says
Images = Sequence[Mapping[str, Any]]
Records = dict[tuple[str, int], Any]


@transaction.atomic
def take_back(rows: Sequence[Images], by: User) -> list[str]:
    """Take the changes of each row back, or none of them; answers why a row stays, empty where it does not.

    A document that others added lines to keeps them, and stays for them. Raises NotAllowed.
    """
    if not (permissions.can_load_ledger(by) and permissions.can_load_costs(by)):
        raise NotAllowed("sales_facts", Verb.UPDATE)
    with connection.cursor() as cursor:
        rollups.lock(cursor)
    records = _records(image for images in rows for image in images)
    closed = set(PeriodClose.objects.values_list("month", flat=True))
    reasons = [_why_not(images, records, closed) for images in rows]
    images = [image for images, reason in zip(rows, reasons, strict=True) if not reason for image in images]
    customers = {customer for image in images for customer in _customers(image, records)}
    _write([image for image in images if image["model"] == LINE], records)
    stay = _write([image for image in images if image["model"] == DOCUMENT], records)
    if customers:
        rollups.rebuild_customers(sorted(customers))
    return [
        reason or (_("Lines were added to it since.") if len(images) == 1 and images[0]["pk"] in stay else "")
        for images, reason in zip(rows, reasons, strict=True)
    ]


def _records(images: Iterable[Mapping[str, Any]]) -> Records:
    """{(model, key): record} of what the images are of, as far as it is still there."""
    asked: dict[str, set[int]] = {}
    for image in images:
        asked.setdefault(image["model"], set()).add(image["pk"])
    found: Records = {}
    for model, keys in asked.items():
        for record in MODELS[model].objects.filter(pk__in=keys).select_for_update().order_by("pk"):
            found[model, record.pk] = record
    return found


def _why_not(images: Images, records: Records, closed: set[date]) -> str:
    """Why these changes cannot be taken back; empty where they can."""
    for image in images:
        record = records.get((image["model"], image["pk"]))
        if record is None:
            if image["before"] is None:
                continue
            return _("It is gone by now.")
        for name, value in image["after"].items():
            if name != NOT_COMPARED and plain(getattr(record, name)) != value:
                label = record._meta.get_field(name).verbose_name
                return _("“%(field)s” was changed since.") % {"field": label}
        days = [record.posted_on]
        if before := (image["before"] or {}).get("posted_on"):
            days.append(date.fromisoformat(before))
        if any(month_of(day) in closed for day in days):
            return _("The period is closed.")
    return ""


def _customers(image: Mapping[str, Any], records: Records) -> set[int]:
    """Whose months the change touches."""
    record = records.get((image["model"], image["pk"]))
    found = {record.customer_id} if record is not None else set()
    return found | ({image["before"]["customer_id"]} if "customer_id" in (image["before"] or {}) else set())


def _write(images: Images, records: Records) -> set[int]:
    """Remove what was made and bring back what was; answers the keys of documents that stay for others' lines."""
    made, changed, names = [], [], set()
    for image in images:
        record = records.get((image["model"], image["pk"]))
        if record is None:
            continue
        if image["before"] is None:
            made.append(record)
            continue
        for name, value in image["before"].items():
            field = record._meta.get_field(name)
            setattr(record, name, value if value is None or field.is_relation else field.to_python(value))
            names.add(name)
        changed.append(record)
    if changed:
        type(changed[0]).objects.bulk_update(changed, sorted(names), batch_size=500)
    stay: set[int] = set()
    keys = [record.pk for record in made]
    if made and isinstance(made[0], LedgerDocument):
        stay = set(LedgerLine.objects.filter(document__in=keys).values_list("document_id", flat=True))
    for document in changed:
        if isinstance(document, LedgerDocument):
            here = {"customer_id": document.customer_id, "posted_on": document.posted_on}
            LedgerLine.objects.filter(document=document).exclude(**here).update(**here, row_hash=0)
    if made:
        type(made[0]).objects.filter(pk__in=set(keys) - stay).delete()
    return stay


def plain(value: Any) -> Any:
    """A value as JSON holds it, a number always in the same way."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value
