"""Take an import back: what it made goes, what it changed becomes what it was, unless somebody changed it since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any, Final

import pghistory.models
from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from customers.models import Customer, ExternalId, ImportBatch, ImportRow
from customers.services.customers import forget_reach
from customers.services.imports import writing
from fields.registry import type_of_model
from fields.services.values import told
from kcrm.lib import context
from kcrm.lib.errors import DomainError
from kcrm.lib.imports import Importable, importable

CHUNK: Final = 200
CHUNK_OF_SETS: Final = 5_000
# What follows from a record by itself holds nobody back
FOLLOWS: Final = frozenset({"customers.searchentry", "teams.accountteam", "customers.importrow"})
State = ImportBatch.State


class _Kept(Exception):
    """Why a row stays as it is."""


def undo_batch(
    *,
    batch_id: int,
    by: User,
    progress: Callable[[int], None] = lambda done: None,
    atomic: Callable[[], AbstractContextManager[None]] = transaction.atomic,
) -> ImportBatch:
    """Take back the rows of a batch, the last first; each says whether it was or why not. Raises DoesNotExist."""
    batch = ImportBatch.objects.get(pk=batch_id, created_by=by)
    thing = importable(batch.importable)
    if not thing.allowed(by):
        raise DomainError(_("You may no longer do this."))
    own = _made_by(batch)
    open_rows = ImportRow.objects.filter(batch=batch, undo=ImportRow.Undo.NONE).exclude(images=[]).order_by("-number")
    with context.origin(via="import"):
        while rows := list(open_rows[: CHUNK_OF_SETS if thing.undo else CHUNK]):
            with atomic():
                touched = _undo_rows(rows, thing, own, by)
                ImportRow.objects.bulk_update(rows, ["undo", "undo_reason"])
                for row in rows:
                    name = "undone" if row.undo == ImportRow.Undo.DONE else "kept"
                    setattr(batch, name, getattr(batch, name) + 1)
                batch.save(update_fields=["undone", "kept"])
                if thing.refresh is not None:
                    thing.refresh(touched, by)
            forget_reach(by)
            progress(batch.undone + batch.kept)
    with atomic():
        batch.state, batch.finished_at = State.UNDONE, timezone.now()
        batch.version += 1
        batch.save()
        audit.record(
            action=AuditEntry.Action.IMPORT,
            by=by,
            subject=batch,
            changes={"undone": [None, batch.undone], "kept": [None, batch.kept]},
        )
    return batch


def _made_by(batch: ImportBatch) -> dict[str, set[int]]:
    """{model: ids} of what the batch itself made: it holds no undo back."""
    found: dict[str, set[int]] = defaultdict(set)
    for images in ImportRow.objects.filter(batch=batch).exclude(images=[]).values_list("images", flat=True).iterator():
        for image in images:
            if image["before"] is None:
                found[image["model"]].add(image["pk"])
    return found


def _undo_rows(
    rows: Sequence[ImportRow], thing: Importable, own: Mapping[str, set[int]], by: User
) -> dict[str, list[int]]:
    touched: dict[str, list[int]] = defaultdict(list)
    customers = {row.customer_id for row in rows} - {None}
    visible = set(Customer.objects.visible_to(by).filter(pk__in=customers).values_list("pk", flat=True))
    near = [row for row in rows if row.customer_id is None or row.customer_id in visible]
    if thing.undo is not None:
        reasons = thing.undo([row.images for row in near], by)
    else:
        reasons = [_undo_row(row, own, by) for row in near]
    known = dict(zip((row.pk for row in near), reasons, strict=True))
    for row in rows:
        row.undo_reason = known.get(row.pk, _("You no longer look after this customer."))[:300]
        row.undo = ImportRow.Undo.KEPT if row.undo_reason else ImportRow.Undo.DONE
        if not row.undo_reason:
            for image in row.images:
                touched[image["model"]].append(image["pk"])
    return touched


def _undo_row(row: ImportRow, own: Mapping[str, set[int]], by: User) -> str:
    """Take all changes of a row back, or none and say why it stays."""
    try:
        with transaction.atomic():
            for image in reversed(row.images):
                _undo_image(image, own, by)
    except _Kept as error:
        return str(error)
    except (models.ProtectedError, models.RestrictedError):
        return _("Something else refers to it by now.")
    return ""


def _undo_image(image: Mapping[str, Any], own: Mapping[str, set[int]], by: User) -> None:
    """Take one change back. Raises _Kept with the reason why it stays."""
    model: type[Any] = apps.get_model(image["model"])
    record = model._default_manager.select_for_update().filter(pk=image["pk"]).first()
    if record is None:
        if image["before"] is None:
            return
        raise _Kept(_("It is gone by now."))
    if getattr(record, "deleted_at", None) is not None:
        raise _Kept(_("It is in the bin by now."))
    for name, value in image["after"].items():
        if not _is(getattr(record, model._meta.get_field(name).attname), value):
            raise _Kept(_("“%(field)s” was changed since.") % {"field": model._meta.get_field(name).verbose_name})
    if image["before"] is None:
        _remove(record, own, by)
        return
    before = {name: _typed(model, name, value) for name, value in image["before"].items()}
    for name, value in before.items():
        setattr(record, model._meta.get_field(name).attname, value)
    names = list(before)
    if hasattr(record, "version"):
        record.version += 1
        record.updated_at = timezone.now()
        names += ["version", "updated_at"]
    record.save(update_fields=names)
    changes: Mapping[str, Sequence[Any]] = {
        name: [image["after"][name], image["before"][name]] for name in image["before"]
    }
    if record_type := type_of_model(model):
        changes = told(record_type.key, changes, by=by)
    audit.record(action=AuditEntry.Action.UPDATE, by=by, subject=record, changes=changes, customer_id=_customer(record))


def _is(now: Any, value: Any) -> bool:
    """Whether a record still has the value that an image holds; a number may be written with more zeros by now."""
    if isinstance(now, Decimal) and isinstance(value, str):
        return now == Decimal(value)
    return bool(writing.plain(now) == value)


def _remove(record: Any, own: Mapping[str, set[int]], by: User) -> None:
    """Delete what the import made, into the bin where there is one. Raises _Kept when others have added to it."""
    if getattr(record, "version", 1) > 1 and record._meta.label_lower != "teams.orgunit":
        raise _Kept(_("It was changed since."))
    for relation in record._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or not relation.auto_created:
            continue
        other: Any = relation.related_model
        label = other._meta.label_lower
        if label in FOLLOWS or issubclass(other, pghistory.models.Event):
            continue
        rows = other._default_manager.filter(**{relation.field.name: record}).exclude(pk__in=own.get(label, ()))
        if any(field.name == "deleted_at" for field in other._meta.fields):
            rows = rows.filter(deleted_at__isnull=True)
        if rows.exists():
            raise _Kept(_("%(things)s were added to it since.") % {"things": other._meta.verbose_name_plural})
    audit.record(action=AuditEntry.Action.DELETE, by=by, subject=record, customer_id=_customer(record))
    if hasattr(record, "deleted_at"):
        record.apply({"deleted_at": timezone.now()})
        if record._meta.label_lower == "customers.customer":
            ExternalId.objects.filter(customer=record).update(released_at=timezone.now())
    else:
        record.delete()


def _customer(record: Any) -> int | None:
    return record.pk if record._meta.label_lower == "customers.customer" else getattr(record, "customer_id", None)


def _typed(model: type[models.Model], name: str, value: Any) -> Any:
    """A value of an image as the field holds it."""
    field: Any = model._meta.get_field(name)
    return value if field.is_relation or value is None else field.to_python(value)
