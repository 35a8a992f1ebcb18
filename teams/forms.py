"""Units and places, as they are typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from teams.models import OrgUnit, UnitAssignment


class UnitForm(forms.Form):
    """A part of the organisation."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Short and lasting, for instance DE-SOUTH."))
    parent = forms.ModelChoiceField(
        label=_("Part of"), queryset=OrgUnit.objects.none(), required=False, empty_label=_("nothing: it stands on top")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = OrgUnit.objects.order_by("name")

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        parent = self.cleaned_data["parent"]
        return {
            "name": self.cleaned_data["name"],
            "code": self.cleaned_data["code"],
            "parent_id": parent.pk if parent else None,
        }


class PlaceForm(forms.Form):
    """Somebody's place."""

    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    kind = forms.ChoiceField(label=pgettext_lazy("of a person", "Place"), choices=UnitAssignment.Kind.choices)
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, without: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.active().exclude(pk=without.pk).order_by("full_name")
