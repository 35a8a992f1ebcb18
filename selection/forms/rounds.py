"""Scoring rounds as they are typed."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.forms.choosing import offer_customers
from customers.models import Customer
from selection.models import Rating, ScoringModel


def _offer(form: forms.Form, **choices: QuerySet[Any]) -> None:
    for name, rows in choices.items():
        cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


class RoundForm(forms.Form):
    """Who scores which customers with which model by when."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as Key accounts 2027, first round."))
    purpose = forms.CharField(
        label=_("What it is for"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    model = forms.ModelChoiceField(label=_("Model"), queryset=ScoringModel.objects.none())
    customers = forms.ModelMultipleChoiceField(
        label=_("Customers"),
        queryset=Customer.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them on one matrix, so that they can be compared. Eight or more make a median."),
    )
    raters = forms.ModelMultipleChoiceField(
        label=_("Who scores"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Five to eight people from several functions. They see of these customers the name, "
            "and nobody sees another's scores before the release."
        ),
    )
    chair = forms.ModelChoiceField(
        label=_("Chair"), queryset=User.objects.none(), help_text=_("Opens the scores and writes down what is agreed.")
    )
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(
        self,
        *args: Any,
        models: QuerySet[ScoringModel],
        customers: QuerySet[Customer],
        people: QuerySet[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, model=models, raters=people, chair=people)
        offer_customers(self, "customers", customers)


class RoundChangeForm(forms.Form):
    """The day, and who or what comes in."""

    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    add_raters = forms.ModelMultipleChoiceField(
        label=_("More people who score"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    add_customers = forms.ModelMultipleChoiceField(
        label=_("More customers"),
        queryset=Customer.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: QuerySet[User], customers: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, add_raters=people)
        offer_customers(self, "add_customers", customers)


class ConsensusForm(forms.Form):
    """What was agreed on for a cell."""

    score = forms.DecimalField(
        label=_("Agreed score"), min_value=1, max_value=10, max_digits=4, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What settled it; who still sees it otherwise."),
    )  # fmt: skip


class SheetFileForm(forms.Form):
    """A filled sheet as a file."""

    file = forms.FileField(label=_("CSV or XLSX"), help_text=_("The sheet as you downloaded it, filled in."))


EVIDENCE = Rating.Evidence.choices
