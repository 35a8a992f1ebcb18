"""People at customers, as they are typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.custom_fields import CONTACT
from customers.forms.choosing import CustomerInput, typed_customers
from customers.forms.widgets import DayInput
from customers.models import BuyingUnit, Customer
from customers.services.contacts import PRIVATE
from fields.forms import CustomValues
from kcrm.lib import words


class ContactForm(CustomValues, forms.Form):
    """The business card, and the private part where the reader keeps it."""

    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    salutation = forms.CharField(label=gettext_lazy("Salutation"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("Work e-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Work phone"), max_length=50, required=False)
    mobile = forms.CharField(label=gettext_lazy("Work mobile"), max_length=50, required=False)
    language = forms.CharField(
        label=gettext_lazy("Language"), max_length=10, required=False, help_text=gettext_lazy("For instance en or zh")
    )
    birthday = forms.DateField(label=gettext_lazy("Birthday"), required=False, widget=DayInput())
    home_address = forms.CharField(label=gettext_lazy("Home address"), max_length=250, required=False)
    private_phone = forms.CharField(label=gettext_lazy("Private phone"), max_length=50, required=False)
    chat_id = forms.CharField(
        label=gettext_lazy("Chat id"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Private: seen by the account manager and his director only."),
    )

    def __init__(
        self, *args: Any, user: User, classes: Collection[str], stored: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if "F6P" not in classes:
            for name in PRIVATE:
                del self.fields[name]
        self.add_custom(CONTACT.key, user=user, classes=classes, stored=stored)

    def values(self) -> dict[str, Any]:
        """The person's own values."""
        own = {name: self.cleaned_data[name] for name in ContactForm.base_fields if name in self.cleaned_data}
        return own | {"custom": self.custom_values()}


class RoleForm(forms.Form):
    """What a person is at one customer."""

    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=150, required=False)
    department = forms.CharField(label=gettext_lazy("Department"), max_length=100, required=False)
    buying_unit = forms.ModelChoiceField(
        label=gettext_lazy("Buying unit"), queryset=BuyingUnit.objects.none(), required=False
    )
    is_primary = forms.BooleanField(label=gettext_lazy("First person to call"), required=False)
    valid_from = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    valid_to = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("The first day on which it no longer holds."),
    )

    def __init__(self, *args: Any, buying_units: QuerySet[BuyingUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if buying_units:
            self.fields["buying_unit"].queryset = buying_units
        else:
            del self.fields["buying_unit"]

    def role(self) -> dict[str, Any]:
        """The role as the service takes it."""
        values = {name: self.cleaned_data[name] for name in RoleForm.base_fields if name in self.cleaned_data}
        unit = values.pop("buying_unit", None)
        return values | {"buying_unit_id": unit.pk if unit else None}


class NewContactForm(RoleForm, ContactForm):
    """A person with his first role."""

    field_order = ("full_name", "job_title", "department", "email", "phone", "mobile", "is_primary")
    is_new = forms.BooleanField(
        label=gettext_lazy("This is somebody else than the people named above"),
        required=False,
        widget=forms.HiddenInput,
    )

    def ask_whether_new(self) -> None:
        """Show the box that says so."""
        self.fields["is_new"].widget = forms.CheckboxInput()


class FurtherRoleForm(RoleForm):
    """A role at another customer, found by name."""

    field_order = ("customer",)
    customer = forms.CharField(
        label=gettext_lazy("Customer"),
        max_length=200,
        help_text=gettext_lazy("Part of its name is enough."),
        widget=CustomerInput,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, buying_units=BuyingUnit.objects.none(), **kwargs)
        self.user = user

    def clean_customer(self) -> Customer:
        """The one customer that is meant."""
        text = self.cleaned_data["customer"]
        asked = words.name_key(text)
        seen = Customer.objects.visible_to(self.user, "contact")
        [typed] = typed_customers([text], seen)
        if len(typed.found) == 1:
            return typed.found[0]
        found = list(seen.filter(name_key=asked)[:2]) or list(seen.filter(name_key__contains=asked)[:6])
        if not asked or not found:
            raise forms.ValidationError(_("There is no customer of this name."))
        if len(found) > 1:
            names = ", ".join(customer.name for customer in found)
            raise forms.ValidationError(_("Which one? %(names)s") % {"names": names})
        return found[0]


class DepartureForm(forms.Form):
    """When somebody left."""

    on = forms.DateField(label=gettext_lazy("Left on"), widget=DayInput())
