"""Something to do for a customer, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.forms.widgets import DayInput
from customers.models import Contact, Task
from fields.forms import CustomValues


class TaskForm(CustomValues, forms.Form):
    """What, who, by when."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    assignee = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none(), empty_label=None)
    due_on = forms.DateField(label=_("Due on"), required=False, widget=DayInput())
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Task.Priority.choices, coerce=int, initial=Task.Priority.NORMAL
    )
    contact = forms.ModelChoiceField(
        label=_("Contact"), queryset=Contact.objects.none(), required=False, empty_label=_("nobody in particular")
    )
    detail = forms.CharField(
        label=_("Details"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        *args: Any,
        contacts: QuerySet[Contact],
        people: QuerySet[User],
        own: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people
        self.fields["contact"].queryset = contacts
        self.add_custom(**own)

    def values(self) -> dict[str, Any]:
        """What the service takes: people and contacts by number."""
        values = self.plain_values()
        assignee, contact = values.pop("assignee"), values.pop("contact")
        numbers = {"assignee_id": assignee.pk, "contact_id": contact.pk if contact else None}
        return values | numbers | {"custom": self.custom_values()}
