"""A field as it is defined, and the values of fields in the forms of records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields.definitions import PREFIX, Definition, book_for
from fields.kinds import kind_of
from fields.models import CustomField
from fields.registry import CLASS_WORDS, RecordType
from kcrm.lib.web import value_in

LINES = gettext_lazy(
    "One on each line, in this order: English | 中文. What stands before the colon is the key, which never changes; "
    "a choice whose line is taken out is offered no more, but stays where it was chosen."
)


class DefinitionForm(forms.Form):
    """The words of a field, what it holds, who reads it."""

    label_en = forms.CharField(label=gettext_lazy("Label in English"), max_length=80)
    label_zh = forms.CharField(label=gettext_lazy("Label in Chinese"), max_length=80, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What it holds"), choices=CustomField.Kind.choices)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=40_000,
        help_text=LINES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    places = forms.IntegerField(
        label=gettext_lazy("Decimal places"),
        required=False,
        min_value=0,
        max_value=6,
        help_text=gettext_lazy("Of a number."),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        required=False,
        max_length=3,
        help_text=gettext_lazy(
            "Of money: three letters. All values are in this currency, so that they can be compared."
        ),
    )
    field_class = forms.ChoiceField(label=gettext_lazy("Who reads it"))
    is_required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)
    is_found_by = forms.BooleanField(
        label=gettext_lazy("The search finds records by it"), required=False, help_text=gettext_lazy("Texts only.")
    )
    help_en = forms.CharField(label=gettext_lazy("Help in English"), max_length=200, required=False)
    help_zh = forms.CharField(label=gettext_lazy("Help in Chinese"), max_length=200, required=False)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("For programs and files; it never changes. Empty: made from the label."),
    )

    def __init__(self, *args: Any, record: RecordType, current: CustomField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field_class"].choices = [(name, CLASS_WORDS[name]) for name in record.classes]  # type: ignore[attr-defined]  # a choice field
        if current is None:
            return
        for name in ("kind", "field_class", "key"):
            del self.fields[name]
        has = {"choices": current.kind in {"choice", "choices"}, "places": current.kind == "number"}
        for name, wanted in {**has, "currency": False, "is_found_by": current.kind == "text"}.items():
            if not wanted:
                del self.fields[name]

    def clean_choices(self) -> list[dict[str, str]]:
        """The choices of the lines."""
        return [choice_of(line) for line in self.cleaned_data["choices"].splitlines() if line.strip()]

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return dict(self.cleaned_data)


def choice_of(line: str) -> dict[str, str]:
    """A choice as a line writes it: `key: English | 中文`, without a key where there is no colon after a plain word."""
    head, colon, rest = line.replace("：", ":").partition(":")
    is_key = bool(colon) and head.strip().replace("_", "").isalnum() and head.strip().isascii() and head.islower()
    en, _bar, zh = (rest if is_key else line).replace("｜", "|").partition("|")
    return {"key": head.strip() if is_key else "", "en": en.strip(), "zh": zh.strip()}


def lines_of(field: CustomField) -> str:
    """The choices in use as lines."""
    lines = []
    for choice in field.choices:
        if not choice["retired"]:
            words = " | ".join(filter(None, (choice["en"], choice["zh"])))
            lines.append(f"{choice['key']}: {words}")
    return "\n".join(lines)


def own_fields(record: RecordType, user: Any, *, stored: Any = None, classes: Collection[str] | None = None) -> Any:
    """What a page tells its form of the record's own fields: whose they are, who fills in which, what is stored.

    `stored` is the record, None for a new one; `classes` are the field classes that the person may write, all of the
    record's where nothing is said.
    """
    values = stored.custom if stored is not None else {}
    allowed = record.classes if classes is None else classes
    return {"record_type": record.key, "user": user, "classes": allowed, "stored": values}


class CustomValues(forms.BaseForm):
    """What the form of a record gains: the record's own fields at its end.

    Call `add_custom` at the end of `__init__`, with what the page says in `own_fields`; `custom_values` are what the
    services take. A value that was sent for a
    field which there is not any more (somebody retired it meanwhile) is not lost silently: the form says so once.
    """

    custom_fields: tuple[Definition, ...] = ()

    def add_custom(self, record_type: str, *, user: Any, classes: Collection[str], stored: Mapping[str, Any]) -> None:
        """Add the fields that this person may fill in, with what is stored."""
        self.custom_fields = book_for(user).live(record_type, classes)
        for field in self.custom_fields:
            self.fields[field.name] = control_of(field, stored.get(field.key))
            if field.key in stored:
                self.initial.setdefault(field.name, kind_of(field).typed(field, stored[field.key]))

    def clean(self) -> dict[str, Any]:
        """Refuse once what cannot be kept."""
        data: dict[str, Any] = super().clean() or {}  # type: ignore[misc]  # a form stands beside
        lost = [name for name in self.data if name.startswith(PREFIX) and name not in self.fields and self.data[name]]
        if lost:
            raise forms.ValidationError(
                _("The fields were changed while this form was open. Look at it again, then save.")
            )
        return data

    def value_of(self, record: Any, name: str) -> Any:
        """What a record holds, as the form would have cleaned it: for showing two versions beside each other."""
        field = next((known for known in self.custom_fields if known.name == name), None)
        if field is None:
            return value_in(record, name)
        stored = record.custom.get(field.key)
        return self.fields[name].to_python(kind_of(field).typed(field, stored)) if stored is not None else None

    def plain_values(self) -> dict[str, Any]:
        """What was typed into the form's own fields."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith(PREFIX)}

    def custom_values(self) -> dict[str, Any]:
        """{key: value} of the fields."""
        return {
            field.key: self.cleaned_data[field.name] for field in self.custom_fields if field.name in self.cleaned_data
        }  # type: ignore[attr-defined]  # a choice field


def control_of(field: Definition, stored: Any = None) -> forms.Field:
    """The form field with its words."""
    control = kind_of(field).control(field, stored)
    control.label, control.help_text, control.required = field.label, field.help, field.is_required
    return control
