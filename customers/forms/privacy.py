"""Consents, privacy requests and legal holds, as they are typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import DayInput, MomentInput
from customers.models import Consent, Customer, PrivacyRequest, Purpose


class ConsentForm(forms.Form):
    """What a person agreed to or took back, with the evidence."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    is_given = forms.TypedChoiceField(
        label=_("Statement"),
        choices=(("yes", _("agrees")), ("no", _("withdraws"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    text_version = forms.CharField(
        label=_("Version of the text"),
        max_length=40,
        required=False,
        help_text=_("Needed for a consent: which text the person saw, such as 2026-03."),
    )
    channel = forms.ChoiceField(label=_("How"), choices=Consent.Channel.choices)
    at = forms.DateTimeField(label=_("When"), widget=MomentInput())
    source = forms.CharField(
        label=_("Evidence"), max_length=200, required=False, help_text=_("Where it can be found: a form, a mail.")
    )


class PrivacyRequestForm(forms.Form):
    """What a person asks for."""

    kind = forms.ChoiceField(label=_("Asks for"), choices=PrivacyRequest.Kind.choices, widget=forms.RadioSelect)
    customer = forms.ModelChoiceField(
        label=_("Customer"), queryset=Customer.objects.none(), help_text=_("Its director decides.")
    )
    received_on = forms.DateField(label=_("Received on"), widget=DayInput())

    def __init__(self, *args: Any, customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers


class RefusalForm(forms.Form):
    """Why a request is refused."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class HoldForm(forms.Form):
    """Why nothing may be erased."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A dispute, a duty to keep records: until it is lifted, nothing about the person is erased."),
    )
