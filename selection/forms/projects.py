"""Selection projects as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.forms.widgets import DayInput
from selection.models import (
    Decision,
    FunctionChoice,
    MarketMap,
    ModeChoice,
    ProjectMember,
    ScoringModel,
    ScoringRound,
    Segment,
    SelectionProject,
)
from selection.project_words import FIT_LABELS, MEASURE_NAMES
from teams.models import TeamMembership


def _text(label: Any, *, required: bool = False, length: int = 4000, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=required, max_length=length, widget=area, help_text=help_text)


class _OffersRows(forms.Form):
    """A form whose choices the page gives, by the name of the field."""

    def __init__(self, *args: Any, choices: Mapping[str, QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]  # every named field chooses among rows


class ProjectForm(_OffersRows):
    """A new project."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as Key accounts 2027."))
    starts_on = forms.DateField(label=_("Starts on"), widget=DayInput(), help_text=_("It is planned for eight weeks."))
    former = forms.ModelChoiceField(
        label=_("Start from"),
        queryset=SelectionProject.objects.none(),
        required=False,
        empty_label=_("the defaults of the method"),
        help_text=_("An earlier project gives its objectives, resources, team and factor sets, and no signature."),
    )
    sponsor = forms.ModelChoiceField(
        label=_("Sponsor"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Signs the gates where he or she is a director; stands beside the team."),
    )
    purpose = _text(_("Purpose"))


class TermsForm(_OffersRows):
    """Terms of reference and timetable."""

    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = _text(_("Purpose"), help_text=_("What is selected, for what, and what is not."))
    rights = _text(_("Who decides what"), help_text=_("What the team decides, what it proposes, and to whom."))
    leader = forms.ModelChoiceField(label=_("Run by"), queryset=User.objects.none())
    sponsor = forms.ModelChoiceField(label=_("Sponsor"), queryset=User.objects.none(), required=False)
    starts_on = forms.DateField(label=_("Starts on"), widget=DayInput())
    ends_on = forms.DateField(label=_("Ends on"), widget=DayInput(), help_text=_("Six to eight weeks later."))
    meetings = forms.IntegerField(label=_("Meetings"), min_value=0, max_value=50)
    recheck_on = forms.DateField(
        label=_("Re-check on"),
        required=False,
        widget=DayInput(),
        help_text=_("The next project begins by itself on this day."),
    )


class StepForm(_OffersRows):
    """Who sees to a step, by when, and what was found."""

    responsible = forms.ModelChoiceField(label=_("Responsible"), queryset=User.objects.none())
    due_on = forms.DateField(label=_("Due on"), widget=DayInput())
    finding = _text(_("What was found"), help_text=_("It stands in the dossier."))


class ObjectiveForm(forms.Form):
    """One objective."""

    name = forms.CharField(label=_("Objective"), max_length=150)
    measure = forms.CharField(label=_("Measured by"), max_length=150, required=False)
    target = forms.CharField(label=_("Target"), max_length=100, required=False)
    due_on = forms.DateField(label=_("By"), required=False, widget=DayInput())
    weight = forms.IntegerField(
        label=_("Weight"), min_value=0, max_value=100, help_text=_("The weights of all objectives total 100.")
    )


class ResourceForm(forms.Form):
    """The days of one function."""

    function = forms.ChoiceField(label=_("Function"), choices=TeamMembership.Function.choices)
    heads = forms.DecimalField(label=_("Heads"), min_value=0, max_digits=6, decimal_places=2)
    net_days = forms.DecimalField(
        label=_("Net days a year of one"),
        min_value=0,
        max_value=366,
        decimal_places=1,
        help_text=_("Without holidays, training and meetings of our own."),
    )
    day_rate = forms.DecimalField(
        label=_("Cost of a day"), required=False, min_value=0, max_digits=12, decimal_places=2
    )


class ModeForm(forms.Form):
    """One way of selling: whom it serves, what it takes, what its people are paid and measured on."""

    customers = forms.IntegerField(label=_("Customers"), min_value=0, max_value=1_000_000)
    paid_as = forms.ChoiceField(
        label=_("Pay rewards"), required=False, choices=[("", _("not known")), *ModeChoice.choices]
    )
    measures = forms.MultipleChoiceField(
        label=_("Measured on"),
        required=False,
        choices=[(measure.value, label) for measure, label in MEASURE_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in TeamMembership.Function.choices:
            self.fields[f"days_{code}"] = forms.DecimalField(
                label=_("Days a year of one customer: %(function)s") % {"function": label},
                required=False,
                min_value=0,
                max_value=366,
                decimal_places=1,
            )

    def values(self) -> dict[str, Any]:
        """The row as the service takes it."""
        cleaned: dict[str, Any] = self.cleaned_data
        effort = {
            code: float(days) for code, _label in TeamMembership.Function.choices if (days := cleaned[f"days_{code}"])
        }
        return {
            "customers": cleaned["customers"],
            "paid_as": cleaned["paid_as"],
            "measures": sorted(cleaned["measures"]),
            "effort": effort,
        }


class FitForm(forms.Form):
    """Six answers of 0-100 (M06)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in FIT_LABELS.items():
            self.fields[name] = forms.IntegerField(
                label=label, help_text=help_text, required=False, min_value=0, max_value=100
            )

    def values(self) -> dict[str, int]:
        """The answers that were given."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class MemberForm(_OffersRows):
    """A member of the team."""

    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    function = forms.ChoiceField(label=_("Speaks for"), choices=FunctionChoice.choices)
    role = forms.ChoiceField(label=_("Role"), choices=ProjectMember.Role.choices, widget=forms.RadioSelect)
    why = forms.CharField(label=_("Why this person"), required=False, max_length=200)

    def __init__(self, *args: Any, choices: Mapping[str, QuerySet[Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, choices=choices or {}, **kwargs)
        if choices is None:
            del self.fields["user"]


class MarketForm(_OffersRows):
    """On which map and for which segments the project selects."""

    market_map = forms.ModelChoiceField(label=_("Market map"), queryset=MarketMap.objects.none(), required=False)
    segments = forms.ModelMultipleChoiceField(label=_("Segments"), queryset=Segment.objects.none(), required=False)


class ScoringForm(_OffersRows):
    """With what and in which rounds the project scores."""

    factor_sets = forms.ModelMultipleChoiceField(
        label=_("Factor sets"), queryset=ScoringModel.objects.none(), required=False
    )
    rounds = forms.ModelMultipleChoiceField(
        label=_("Scoring rounds"), queryset=ScoringRound.objects.none(), required=False
    )


class DecisionLinkForm(_OffersRows):
    """Which decision the project leads to."""

    decision = forms.ModelChoiceField(label=_("Decision"), queryset=Decision.objects.none(), required=False)


class AskForm(forms.Form):
    """Ask for a sign-off; with open conditions, why to go on all the same."""

    reason = _text(_("Why go on with open conditions"), required=True, length=500)

    def __init__(self, *args: Any, with_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_open:
            del self.fields["reason"]


class RemarkForm(forms.Form):
    """A word with the signature."""

    remark = _text(_("Remark"), length=500, help_text=_("It stands in the dossier."))


class RefuseForm(forms.Form):
    """Why not."""

    remark = _text(_("Why"), required=True, length=500)


class ReopenForm(forms.Form):
    """Why a step is opened again."""

    reason = _text(_("Why"), required=True, length=500, help_text=_("Every later gate repeats it."))


class AnswerForm(forms.Form):
    """What a function says to the result."""

    answer = forms.ChoiceField(label=_("My function"), choices=ProjectMember.Answer.choices, widget=forms.RadioSelect)
    answer_note = _text(_("In own words"), length=500, help_text=_("A dissent needs words; they stand in the dossier."))


def mode_initial(customers: int, paid_as: str, measures: list[str], effort: Mapping[str, Any]) -> dict[str, Any]:
    """A way of selling as its form shows it."""
    days = {f"days_{code}": Decimal(str(value)) for code, value in effort.items()}
    return {"customers": customers, "paid_as": paid_as, "measures": measures} | days
