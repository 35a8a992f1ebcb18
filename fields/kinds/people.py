"""People of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import User
from fields.definitions import Definition
from fields.kinds.base import Kind, People
from kcrm.lib import imports
from kcrm.lib.errors import DomainError
from kcrm.lib.tables import Column


def people_here(user: Any) -> Mapping[str, Any]:
    """Whom a file may name: {e-mail: name}."""
    return dict(User.objects.active().order_by("full_name").values_list("email", "full_name"))


class UserKind(Kind):
    """A person who works in KCRM; stored by number, shown by name, also after he left."""

    import_kind = imports.Kind.REFERENCE

    def clean(self, field: Definition, value: Any, stored: Any = None) -> int | None:
        """The number of somebody who works here; one who left may stay where he is."""
        if value is None or value == "":
            return None
        if isinstance(value, User):
            number, is_here = value.pk, value.is_active
        else:
            number = self._number(value)
            is_here = number == stored or User.objects.active().filter(pk=number).exists()
        if number != stored and not is_here:
            raise DomainError(_("Choose somebody who works here."))
        return int(number)

    @staticmethod
    def _number(value: Any) -> int:
        text = str(value)
        if isinstance(value, bool) or not isinstance(value, int | str) or not text.isdecimal() or len(text) > 18:
            raise DomainError(_("Choose somebody who works here."))
        return int(text)

    def control(self, field: Definition, stored: Any = None) -> forms.Field:
        """A person to choose."""
        rows = User.objects.filter(Q(is_active=True) | Q(pk=stored)).order_by("full_name")
        return forms.ModelChoiceField(rows, empty_label="–")

    def schema(self, field: Definition) -> dict[str, Any]:
        """The person's number."""
        return {"type": "integer"}

    def words(self, field: Definition, stored: Any, people: People) -> str:
        """The name."""
        return people.get(stored, f"#{stored}")

    def cell(self, field: Definition) -> imports.Field:
        """A column of e-mail addresses."""
        plain = super().cell(field)
        return imports.Field(
            plain.name, plain.label, kind=self.import_kind, aliases=plain.aliases,
            help=field.help or _("the person's e-mail address"), known=people_here,
        )  # fmt: skip

    def key_expression(self, field: Definition) -> Any:
        """The number in a statement."""
        return Cast(KeyTextTransform(field.key, "custom"), BigIntegerField())

    def expression(self, field: Definition) -> Any:
        """The name."""
        number = Cast(KeyTextTransform(field.key, OuterRef("custom")), BigIntegerField())
        return Subquery(User.objects.filter(pk=number).values("full_name")[:1])

    def column(self, field: Definition) -> Column:
        """The name."""
        return Column(
            field.name, field.label, value=self.expression(field), field_class=field.field_class, default=False,
            editable=field.is_open, help=field.help,
        )  # fmt: skip

    def filters(self, field: Definition) -> dict[str, django_filters.Filter]:
        """Somebody, also one who left."""

        def of_person(rows: QuerySet[Any], name: str, value: User) -> QuerySet[Any]:
            return rows.filter(custom__contains={field.key: value.pk})

        people = User.objects.order_by("full_name")
        return {field.name: django_filters.ModelChoiceFilter(label=field.label, queryset=people, method=of_person)}
