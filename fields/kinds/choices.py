"""One or several of the words that a field offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import JSONField, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from fields.definitions import Definition, Option
from fields.kinds.base import Kind, People
from kcrm.lib import imports
from kcrm.lib.errors import DomainError
from kcrm.lib.tables import Column


def offered(field: Definition, chosen: Sequence[str] = ()) -> list[Option]:
    """The choices in use, and those that are chosen already."""
    return [option for option in field.options if not option.retired or option.key in chosen]


def option_keys(field: Definition, value: Any, chosen: Sequence[str]) -> list[str]:
    """Keys of choices, in the order of the field. Raises DomainError for one that is not offered."""
    known = {option.key for option in offered(field, chosen)}
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(key, str) for key in given):
        raise DomainError(_("Choose one of the values that are offered."))
    for key in given:
        if key not in known:
            raise DomainError(_("“%(value)s” is not one of the values that are offered.") % {"value": key[:60]})
    return [option.key for option in field.options if option.key in given]


def words_of(field: Definition, key: str) -> str:
    """The words of a choice, the key of one that is unknown."""
    option = field.option.get(key)
    return option.label if option else key


class ChoiceKind(Kind):
    """One of the words that the field offers."""

    import_kind = imports.Kind.CHOICE

    def clean(self, field: Definition, value: Any, stored: Any = None) -> Any:
        """The key of the choice."""
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise DomainError(_("Choose one of the values that are offered."))
        return option_keys(field, value, [stored])[0]

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """A choice, or none."""
        options = [(option.key, option.label) for option in offered(field, [stored])]
        return forms.ChoiceField(choices=[("", "–"), *options])

    def schema(self, field: Definition) -> dict[str, Any]:
        """One of the keys."""
        return {"type": "string", "enum": [option.key for option in field.options]}

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The words of the choice."""
        return words_of(field, stored)

    def cell(self, field: Definition) -> imports.Field:
        """A column of keys or words."""
        plain = super().cell(field)
        return imports.Field(
            plain.name, plain.label, kind=self.import_kind, aliases=plain.aliases, help=plain.help,
            choices={option.key: option.label for option in offered(field)},
            synonyms={option.key: (option.en, option.zh) for option in field.options},
        )  # fmt: skip

    def column(self, field: Definition) -> Column:
        """The words of the choice."""
        return Column(
            field.name, field.label, value=self.expression(field), field_class=field.field_class, default=False,
            choices={option.key: option.label for option in field.options}, editable=field.is_open, help=field.help,
        )  # fmt: skip

    def filters(self, field: Definition) -> dict[str, django_filters.Filter]:
        """Any of some choices."""

        def having(rows: QuerySet[Any], name: str, value: Sequence[str]) -> QuerySet[Any]:
            wanted = Q()
            for key in value:
                wanted |= Q(custom__contains={field.key: self._holding(key)})
            return rows.filter(wanted) if value else rows

        choices = [(option.key, option.label) for option in field.options]
        return {field.name: django_filters.MultipleChoiceFilter(label=field.label, choices=choices, method=having)}

    @staticmethod
    def _holding(key: str) -> Any:
        """What a stored value holds that has this choice."""
        return key


class ChoicesKind(ChoiceKind):
    """Several of the words that the field offers."""

    import_kind = imports.Kind.CHOICES

    def clean(self, field: Definition, value: Any, stored: Any = None) -> list[str] | None:
        """The keys of the choices, each once, in the order of the field."""
        if value is None or value in ("", [], ()):
            return None
        return option_keys(field, value, stored or ()) or None

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """Boxes to tick."""
        options = [(option.key, option.label) for option in offered(field, stored or ())]
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple)

    def schema(self, field: Definition) -> dict[str, Any]:
        """Some of the keys."""
        return {"type": "array", "items": super().schema(field)}

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The words of the choices."""
        return ", ".join(words_of(field, key) for key in stored)

    def written(self, field: Definition, stored: Any, people: People) -> str:
        """The words with semicolons between, since words may have commas."""
        return "; ".join(words_of(field, key) for key in stored)

    def expression(self, field: Definition) -> Any:
        """The keys."""
        return KeyTransform(field.key, "custom", output_field=JSONField())

    def column(self, field: Definition) -> Column:
        """The words of the choices."""
        name = field.name

        def shown(row: Any) -> str | None:
            keys = getattr(row, name)
            return self.words(field, keys, {}) if keys else None

        def carried(row: Any) -> str | None:
            keys = getattr(row, name)
            return self.written(field, keys, {}) if keys else None

        return Column(
            name, field.label, value=self.expression(field), sort=None, render=shown, export=carried,
            field_class=field.field_class, default=False, editable=field.is_open, help=field.help,
        )  # fmt: skip

    @staticmethod
    def _holding(key: str) -> Any:
        """A list with the choice in it."""
        return [key]
