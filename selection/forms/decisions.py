"""Snapshots and decisions as they are typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.forms.choosing import offer_customers
from customers.forms.widgets import DayInput
from customers.models import Customer
from selection.models import ClassChoice, Snapshot


class SnapshotForm(forms.Form):
    """A name for the moment."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Such as the quarter: 2026 Q4."))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(forms.Form):
    """What is to be decided, on which snapshot, from when."""

    title = forms.CharField(label=_("Title"), max_length=150)
    snapshot = forms.ModelChoiceField(label=_("Snapshot"), queryset=Snapshot.objects.none())
    effective_on = forms.DateField(label=_("In force from"), widget=DayInput())
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the company wants to reach with it; it stands in the minutes."),
    )

    def __init__(self, *args: Any, snapshots: QuerySet[Snapshot] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if snapshots is None:
            del self.fields["snapshot"]
        else:
            self.fields["snapshot"].queryset = snapshots


class LineForm(forms.Form):
    """What one customer is to be, and why if the figures say otherwise."""

    chosen = forms.ChoiceField(label=_("Class"), choices=ClassChoice.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why it differs"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where you choose otherwise than the figures."),
    )
    override_until = forms.DateField(
        label=_("Differs until"), required=False, widget=DayInput(), help_text=_("At most a year from today.")
    )


class ExtraLineForm(LineForm):
    """A customer whom the figures do not place."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none())
    field_order = ("customer", "chosen", "reason", "override_until")

    def __init__(self, *args: Any, customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self, "customer", customers)
        self.fields["reason"].required = self.fields["override_until"].required = True
        self.fields["reason"].help_text = ""


class RejectionForm(forms.Form):
    """Why not."""

    remark = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))


class ApprovalForm(forms.Form):
    """A word with the approval."""

    remark = forms.CharField(
        label=_("Remark, dissent"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who disagreed, and why: it stands in the minutes."),
    )


class TellForm(forms.Form):
    """Who must know."""

    people = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    duty = forms.CharField(
        label=_("What it means for this function"),
        max_length=200,
        required=False,
        help_text=_("Such as: deliver to key accounts within two days."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people
