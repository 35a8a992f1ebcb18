"""Policies, capacity and potentials as they are typed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.models import Rating
from teams.models import TeamMembership


class RuleForm(forms.Form):
    """What a quadrant is entitled to; an empty number is owed by no number."""

    contacts_a_year = forms.IntegerField(
        label=_("Contacts a year, at least"), required=False, min_value=0, max_value=1000
    )
    steering_meetings_a_year = forms.IntegerField(
        label=_("Steering meetings a year"), required=False, min_value=0, max_value=366
    )
    reviews_a_year = forms.IntegerField(label=_("Reviews a year"), min_value=0, max_value=366)
    cost_to_serve_cap = forms.DecimalField(
        label=_("Cost to serve, at most, percent of net sales"), min_value=0, max_value=100, decimal_places=2
    )
    owner_load_limit = forms.IntegerField(
        label=_("Accounts per manager, at most"), required=False, min_value=1, max_value=1000
    )
    text = forms.CharField(
        label=_("In our own words"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in TeamMembership.Function.choices:
            self.fields[f"days_{code}"] = forms.DecimalField(
                label=_("Days a year: %(function)s") % {"function": label},
                required=False,
                min_value=0,
                max_value=366,
                decimal_places=1,
            )

    def values(self) -> dict[str, Any]:
        """The rule as the service takes it."""
        cleaned = self.cleaned_data
        effort = {
            name.removeprefix("days_"): float(days)
            for name, days in cleaned.items()
            if name.startswith("days_") and days
        }
        values = {name: value for name, value in cleaned.items() if not name.startswith("days_")}
        values["cost_to_serve_cap"] = cleaned["cost_to_serve_cap"] / 100
        return values | {"effort": effort}


def rule_initial(policy: Any, effort: Iterable[tuple[str, float]], text: str) -> dict[str, Any]:
    """A rule as its form shows it."""
    names = ("contacts_a_year", "steering_meetings_a_year", "reviews_a_year", "owner_load_limit")
    initial = {name: getattr(policy, name) for name in names}
    initial |= {f"days_{function}": days for function, days in effort}
    return initial | {"cost_to_serve_cap": round(Decimal(str(policy.cost_to_serve_cap)) * 100, 2), "text": text}


class CapacityForm(forms.Form):
    """The days a function has for accounts."""

    function = forms.ChoiceField(label=_("Function"), choices=TeamMembership.Function.choices)
    days_a_year = forms.DecimalField(
        label=_("Days a year"),
        min_value=0,
        max_value=1_000_000,
        max_digits=8,
        decimal_places=1,
        help_text=_("Of all people of the function together, after holidays, training and other work."),
    )
    day_rate = forms.DecimalField(
        label=_("Cost of a day"), required=False, min_value=0, max_digits=12, decimal_places=2
    )


class PotentialForm(forms.Form):
    """What a customer could buy."""

    available_sales = forms.DecimalField(
        label=_("Sales we could win in three years"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_("All that is available to us in the three years ahead, not what we plan: the area of the bubble."),
    )
    category_spend = forms.DecimalField(
        label=_("What it spends in a year on what we sell"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_("With whomever it spends it: our part of it is the share of wallet."),
    )
    evidence = forms.ChoiceField(label=_("Evidence"), choices=Rating.Evidence.choices)
    note = forms.CharField(
        label=_("Where it comes from"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
