"""Custom fields in bulk edits and in the cells of lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bulk.registry import BulkField
from fields.definitions import PREFIX, Definition, book_for
from fields.forms import control_of
from fields.kinds import kind_of
from fields.selectors import names_of
from kcrm.lib.errors import DomainError


def bulk_fields(record_type: str, user: Any, classes: Collection[str]) -> tuple[BulkField, ...]:
    """What of the custom fields can be changed for many records at once."""
    return tuple(_bulk_field(field) for field in book_for(user).live(record_type, classes))


def _bulk_field(field: Definition) -> BulkField:
    kind = kind_of(field)

    def combined(before: Any, given: Any) -> Any:
        """What is stored then; what cannot be is refused by the service, row by row."""
        try:
            return kind.clean(field, given, before)
        except DomainError:
            return given

    def shown(stored: Any) -> str:
        return "" if stored is None else kind.words(field, stored, names_of([field], {field.key: stored}))

    return BulkField(
        name=field.name,
        label=field.label,
        control=lambda user: control_of(field),
        read=lambda record: record.custom.get(field.key),
        needed=field.is_required,
        combine=combined,
        show=shown,
    )


def folded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names of fields as services take them: those of custom fields together."""
    own = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    custom = {name.removeprefix(PREFIX): value for name, value in values.items() if name.startswith(PREFIX)}
    return own | ({"custom": custom} if custom else {})
