"""Writing the rows of a chunk as sets, with what they were before, so that an import can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from kcrm.lib import formats
from kcrm.lib.imports import Done, Image, Outcome, Row, RowError, Run

BATCH: Final = 500
TOUCHED: Final = "_changed_by_this_import"


def differences(record: models.Model, values: Mapping[str, Any], run: Run) -> dict[str, list[Any]]:
    """{field: [before, after]} of what the values would change on the record by the policy; sets nothing."""
    found: dict[str, list[Any]] = {}
    for name, after in values.items():
        column = record._meta.get_field(name).attname  # type: ignore[union-attr]  # only own fields are given
        before, wanted = getattr(record, column), after.pk if isinstance(after, models.Model) else after
        if before != wanted and run.takes(name, before):
            found[name] = [before, wanted]
    if found and run.since is not None and record.pk is not None:
        _refuse_newer(record, found, run)
    return found


def _refuse_newer(record: Any, changes: Mapping[str, Sequence[Any]], run: Run) -> None:
    """Leave alone what somebody else changed since the rows were looked at. Raises RowError."""
    at = getattr(record, "updated_at", None)
    if (
        at is None
        or at <= run.since
        or (record._meta.label_lower, record.pk) in run.own
        or record.__dict__.get(TOUCHED)
    ):
        return
    events = getattr(record, "pgh_event_model", None)
    then = None
    if events is not None:
        known = events.objects.filter(pgh_obj_id=record.pk, pgh_created_at__lte=run.since)
        columns = {name: record._meta.get_field(name).attname for name in changes}
        then = known.order_by("-pgh_id").values(*columns.values()).first()
    for name, (before, _after) in changes.items():
        if then is None or then[columns[name]] != before:
            raise RowError(
                _("“%(field)s” was changed by somebody at %(moment)s, after the rows were looked at. Check them again.")
                % {"field": record._meta.get_field(name).verbose_name, "moment": formats.moment(at)},
                field=name,
                code="changed_since",
            )


def set_values(record: Any, changes: Mapping[str, Sequence[Any]]) -> None:
    """Put the after-values on a record under a new version; `save_changed` writes it."""
    for name, (_before, after) in changes.items():
        setattr(record, record._meta.get_field(name).attname, after)
    record.__dict__[TOUCHED] = True
    if hasattr(record, "version"):
        record.version += 1
        record.updated_at = timezone.now()


def save_changed(changed: Iterable[tuple[Any, Mapping[str, Any]]]) -> None:
    """Write changed records, each with the names of its changed fields, in few statements per model."""
    by_model: dict[type[models.Model], tuple[list[Any], set[str]]] = {}
    for record, changes in changed:
        records, names = by_model.setdefault(type(record), ([], set()))
        records.append(record)
        names.update(changes)
    for model, (records, names) in by_model.items():
        if hasattr(model, "version"):
            names |= {"version", "updated_at"}
        model._default_manager.bulk_update(records, sorted(names), batch_size=BATCH)


def made(record: models.Model, values: Mapping[str, Any]) -> Image:
    """The image of a record that came into being with these values."""
    return Image(record._meta.label_lower, record.pk, None, {name: plain(value) for name, value in values.items()})


def changed(record: models.Model, changes: Mapping[str, Sequence[Any]]) -> Image:
    """The image of a changed record."""
    return Image(
        record._meta.label_lower,
        record.pk,
        {name: plain(before) for name, (before, _after) in changes.items()},
        {name: plain(after) for name, (_before, after) in changes.items()},
    )


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def outcome_of(row: Row, record: Any, images: Sequence[Image], changes: Mapping[str, list[Any]]) -> Outcome:
    """The outcome of an accepted row by what was done: the first image tells whether its main record is new."""
    is_new = any(image.before is None and image.model == record._meta.label_lower for image in images)
    return Outcome(
        number=row.number,
        done=Done.CREATED if is_new else Done.UPDATED if images else Done.UNCHANGED,
        id=record.pk,
        label=str(record)[:200],
        customer_id=record.pk
        if record._meta.label_lower == "customers.customer"
        else getattr(record, "customer_id", None),
        changes={name: [plain(value) for value in pair] for name, pair in changes.items()},
        images=list(images),
    )
