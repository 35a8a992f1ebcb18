"""Who works for a customer, as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.forms.widgets import DayInput
from customers.models import Customer
from teams.models import TeamMembership
from teams.permissions import Grant


class MembershipForm(forms.Form):
    """What somebody does in the team, what he may, from when until when; only what the reader may give is offered."""

    function = forms.ChoiceField(label=_("Role in the team"), choices=TeamMembership.Function.choices)
    level = forms.ChoiceField(label=_("Rights"), choices=TeamMembership.Level.choices)
    fin = forms.ChoiceField(label=_("Finance"), choices=TeamMembership.Finance.choices)
    political = forms.BooleanField(label=_("Political notes"), required=False)
    negotiation = forms.BooleanField(label=_("Negotiation position"), required=False)
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    valid_to = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DayInput(),
        help_text=_("The first day on which it no longer holds. Empty: until further notice."),
    )
    days_per_month = forms.DecimalField(
        label=_("Planned days a month"), required=False, min_value=0, max_value=31, max_digits=4, decimal_places=1
    )

    def __init__(self, *args: Any, grant: Grant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [choice for choice in TeamMembership.Level.choices if choice[0] in grant.levels]
        if not grant.flags:
            for name in ("fin", "political", "negotiation"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """The membership's own values."""
        return {name: value for name, value in self.cleaned_data.items() if name != "user"}


class NewMembershipForm(MembershipForm):
    """Somebody new in the team."""

    field_order = ("user",)
    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people


class HandOverForm(forms.Form):
    """Who gets the account, and what he needs to know."""

    to = forms.ModelChoiceField(label=_("New owner"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("What the new owner needs to know"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people


class HandOverAllForm(HandOverForm):
    """The accounts of somebody who leaves, all or some."""

    field_order = ("customers", "to", "note")
    customers = forms.ModelMultipleChoiceField(
        label=_("Accounts"), queryset=Customer.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customers"].queryset = customers
        for customer in customers:
            self.fields[f"note_{customer.pk}"] = forms.CharField(
                label=_("Only about %(customer)s") % {"customer": customer}, required=False, max_length=500
            )

    def notes(self) -> dict[int, str]:
        """What is to be known about single accounts."""
        chosen = self.cleaned_data["customers"]
        return {customer.pk: self.cleaned_data[f"note_{customer.pk}"] for customer in chosen}
