"""The forms of a customer, its sites and buying units. What follows from other rows is the services' business."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from babel.core import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from accounts.models import User
from customers.custom_fields import CUSTOMER
from customers.forms.choosing import NAME_OR_NUMBER, CustomerChoiceField
from customers.models import BuyingUnit, Customer, Site
from fields.forms import CustomValues
from teams.models import OrgUnit


def countries() -> list[tuple[str, str]]:
    """ISO codes and names of countries in the reader's language, by name."""
    territories = Locale.parse(to_locale(get_language() or "en")).territories
    found = [
        (code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha() and code not in SKIP
    ]
    return [("", "–"), *sorted(found, key=lambda pair: pair[1])]


SKIP = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


class TagsField(forms.CharField):
    """Words between commas, as a list."""

    def clean(self, value: Any) -> list[str]:
        """The words without spaces around them."""
        text = super().clean(value).replace("，", ",").replace("、", ",")
        return [word.strip() for word in text.split(",") if word.strip()]


class MergeForm(forms.Form):
    """Which other customer is the same company."""

    other = CustomerChoiceField(label=gettext_lazy("The same company"), help_text=NAME_OR_NUMBER)

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.fields["other"].queryset = Customer.objects.visible_to(user)  # type: ignore[attr-defined]  # a field of our own class

    def clean_other(self) -> Customer:
        """Another one."""
        other: Customer = self.cleaned_data["other"]
        if other.pk == self.customer.pk:
            raise forms.ValidationError(_("This is the customer itself. Name the other one."))
        return other


class CustomerForm(CustomValues, forms.ModelForm):  # type: ignore[type-arg]  # Django's class is not generic at run time
    """Everything about a customer that people write themselves."""

    parent = CustomerChoiceField(label=gettext_lazy("Parent company"), required=False, help_text=NAME_OR_NUMBER)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries, required=False)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    tags = TagsField(
        label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("Words of your own, with commas between.")
    )
    despite = forms.CharField(
        label=gettext_lazy("Why is it another company?"), required=False, max_length=300, widget=forms.HiddenInput
    )

    class Meta:
        model = Customer
        fields = (
            "name", "org_unit", "relation", "life_cycle", "industry", "country", "city", "region", "parent",
            "legal_name", "registration_no", "website", "domain", "phone", "currency", "cadence_days",
            "tags", "description",
        )  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, user: User, classes: Collection[str], is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Customer.objects.visible_to(user)  # type: ignore[attr-defined]  # a field of our own class
        self.fields["org_unit"].queryset = OrgUnit.objects.visible_to(user)  # type: ignore[attr-defined]  # a field of our own class
        if not is_new:
            del self.fields["despite"]
        self.add_custom(CUSTOMER.key, user=user, classes=classes, stored=self.instance.custom)

    def ask_why(self) -> None:
        """Show the field for the reason, because the company may be here already."""
        self.fields["despite"].widget = forms.TextInput()

    def _post_clean(self) -> None:
        """Leave the record alone: the service checks and stores the values."""

    def values(self) -> dict[str, Any]:
        """The values that the services take, without tags and reason."""
        own = {name: self.cleaned_data[name] for name in self._meta.fields if name != "tags"}
        return own | {"custom": self.custom_values()}


class OwnFieldsForm(CustomValues, forms.Form):
    """The custom fields of a customer alone."""

    def __init__(self, *args: Any, user: User, classes: Collection[str], customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_custom(CUSTOMER.key, user=user, classes=classes, stored=customer.custom)


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class is not generic at run time
    """A place of a customer."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries, required=False)

    class Meta:
        model = Site
        fields = ("name", "kind", "street", "postal_code", "city", "region", "country", "phone", "is_primary")

    def _post_clean(self) -> None:
        """Leave the record alone: the service checks and stores the values."""


class BuyingUnitForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class is not generic at run time
    """A part of a customer that decides what it buys."""

    class Meta:
        model = BuyingUnit
        fields = ("name", "site", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = customer.sites.alive()  # type: ignore[attr-defined]  # a field of our own class

    def _post_clean(self) -> None:
        """Leave the record alone: the service checks and stores the values."""


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
