"""What every kind of custom field can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import TextField
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from fields.definitions import Definition
from kcrm.lib import imports
from kcrm.lib.tables import Column
from kcrm.lib.tables import Kind as CellKind

People = Mapping[int, str]


class Kind:
    """How the values of one kind are checked, stored, typed, shown, sent, found and carried in files.

    A value that is not there is None everywhere. `clean` takes what people, files and programs give and answers what
    is stored, JSON; all other methods start from what is stored. `clean` raises DomainError without naming the field.
    """

    import_kind = imports.Kind.TEXT
    cell_kind = CellKind.TEXT

    def clean(self, field: Definition, value: Any, stored: Any = None) -> Any:
        """The value as it is stored, None for nothing. What is `stored` already may stay, though it is out of use."""
        raise NotImplementedError

    def sent(self, field: Definition, value: Any, stored: Any = None) -> Any:
        """The value that a program sent, as it is stored: as `clean`, in the form that `api` answers in."""
        return self.clean(field, value, stored)

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """The form field; it offers what is stored though it may be out of use."""
        raise NotImplementedError

    def typed(self, field: Definition, stored: Any) -> Any:
        """The stored value as the form field shows it."""
        return stored

    def api(self, field: Definition, stored: Any) -> Any:
        """The stored value as the REST door answers it."""
        return stored

    def schema(self, field: Definition) -> dict[str, Any]:
        """What the REST door answers, for its document."""
        return {"type": "string"}

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The stored value in words; `people` are the names of those whom values name."""
        return str(stored)

    def cell(self, field: Definition) -> imports.Field:
        """The column of an import."""
        return imports.Field(
            field.name,
            field.label,
            kind=self.import_kind,
            aliases=tuple(dict.fromkeys(filter(None, (field.key.replace("_", " "), field.label_en, field.label_zh)))),
            help=field.help,
        )

    def written(self, field: Definition, stored: Any, people: People) -> str:
        """The stored value as a cell of a file says it, so that an import reads the same again."""
        return self.words(field, stored, people)

    def expression(self, field: Definition) -> Combinable:
        """The value in a statement: what lists read and sort by."""
        return Cast(KeyTextTransform(field.key, "custom"), TextField())

    def column(self, field: Definition) -> Column:
        """The column of a list."""
        return Column(
            field.name,
            field.label,
            value=self.expression(field),
            kind=self.cell_kind,
            field_class=field.field_class,
            default=False,
            editable=field.is_open,
            help=field.help,
        )

    def filters(self, field: Definition) -> dict[str, django_filters.Filter]:
        """The filters of a list, by their names."""
        raise NotImplementedError
