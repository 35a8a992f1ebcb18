"""What is to become of the chosen rows, as it is typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bulk.registry import BulkField, BulkList


class ChangeForm(forms.Form):
    """For each field a box to tick and the value that all rows get."""

    def __init__(self, *args: Any, declared: BulkList, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared = declared
        for field in declared.fields:
            control = field.control(user)
            control.required = False
            control.label = field.label
            control.widget.is_required = False
            control.widget.attrs["data-choice-value"] = ""
            self.fields[tick_of(field)] = forms.BooleanField(label=field.label, required=False)
            self.fields[field.name] = control

    def clean(self) -> dict[str, Any]:
        """At least one tick, and a value where a field cannot be empty."""
        data = super().clean() or {}
        chosen = [field for field in self.declared.fields if data.get(tick_of(field))]
        if not chosen:
            raise forms.ValidationError(_("Tick at least one value that is to change."))
        for field in chosen:
            if field.needed and data.get(field.name) in (None, "", []) and field.name not in self.errors:
                self.add_error(field.name, _("Give a value."))
        return data

    def values(self) -> dict[str, Any]:
        """The plain values of the ticked fields."""
        data = self.cleaned_data
        return {field.name: plain(data[field.name]) for field in self.declared.fields if data.get(tick_of(field))}

    @property
    def choices(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each tick with its value, for the template."""
        return [(self[tick_of(field)], self[field.name]) for field in self.declared.fields]


class CellForm(forms.Form):
    """One value of one record, typed in its cell."""

    def __init__(self, *args: Any, field: BulkField, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        control = field.control(user)
        control.label, control.required = field.label, field.needed
        control.widget.attrs |= {"aria-label": str(field.label), "autofocus": True}
        self.fields["value"] = control

    def value(self) -> Any:
        """The plain value."""
        return plain(self.cleaned_data["value"])


def tick_of(field: BulkField) -> str:
    """The name of the box that is ticked to change a field."""
    return f"change_{field.name}"


def plain(value: Any) -> Any:
    """A cleaned value as JSON keeps it: records by number, days in ISO's way."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
