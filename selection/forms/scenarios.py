"""Scenarios of the portfolio as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.forms.choosing import offer_customers
from customers.forms.widgets import DayInput
from customers.models import Customer
from selection.calculations.load import Effort
from selection.calculations.quadrants import Quadrant
from selection.models import QuadrantChoice
from teams.models import TeamMembership


class ScenarioForm(forms.Form):
    """A name and a note."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What would be different, such as: five key accounts.")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why this is worth thinking through; it becomes the purpose of a decision."),
    )


class ScenarioMoveForm(forms.Form):
    """Whom to move, where to, and the sales expected there."""

    customer = forms.ModelChoiceField(label=_("Customer"), queryset=Customer.objects.none())
    quadrant = forms.ChoiceField(label=_("Quadrant"), choices=QuadrantChoice.choices, widget=forms.RadioSelect)
    sales = forms.DecimalField(
        label=_("Expected net sales a year"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_("Empty: as they are today."),
    )

    def __init__(self, *args: Any, customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_customers(self, "customer", customers)


class DaysForm(forms.Form):
    """Days that would differ: those there are, and those an account of a quadrant takes. Empty is as today."""

    def __init__(
        self,
        *args: Any,
        capacity: Mapping[str, float],
        efforts: Mapping[Quadrant, Effort],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.capacity, self.efforts = capacity, efforts
        functions = dict(TeamMembership.Function.choices)
        quadrants = dict(QuadrantChoice.choices)
        for code, days in capacity.items():
            label = _("Days there are: %(function)s") % {"function": functions[code]}
            self.fields[f"capacity-{code}"] = self._field(label, days, 1_000_000)
        for quadrant, effort in efforts.items():
            for code, days in effort:
                label = _("Days an account takes, %(quadrant)s: %(function)s") % {
                    "quadrant": quadrants[quadrant.value],
                    "function": functions[code],
                }
                self.fields[f"effort-{quadrant.value}-{code}"] = self._field(label, days, 366)

    @staticmethod
    def _field(label: Any, today: float, most: int) -> forms.DecimalField:
        return forms.DecimalField(
            label=label,
            required=False,
            min_value=0,
            max_value=most,
            decimal_places=1,
            help_text=_("today %(days)s") % {"days": f"{today:g}"},
        )

    def values(self) -> dict[str, Any]:
        """Capacity and effort as the service takes them."""
        capacity: dict[str, float] = {}
        effort: dict[str, dict[str, float]] = {}
        for name, days in self.cleaned_data.items():
            if days is None:
                continue
            kind, _dash, rest = name.partition("-")
            if kind == "capacity":
                capacity[rest] = float(days)
            else:
                quadrant, _dash, function = rest.partition("-")
                effort.setdefault(quadrant, {})[function] = float(days)
        return {"capacity": capacity, "effort": effort}


class ScenarioDecisionForm(forms.Form):
    """From when it holds, and how long what stands against the figures does."""

    effective_on = forms.DateField(label=_("In force from"), widget=DayInput())
    until = forms.DateField(label=_("Exceptions until"), widget=DayInput(), help_text=_("At most a year from today."))
