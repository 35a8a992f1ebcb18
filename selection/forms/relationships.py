"""Bonds, stage, quality and dependence as they are typed: questions with their scales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from selection.calculations.bonds import SwitchingItem
from selection.calculations.relationship_quality import Dimension
from selection.models import Bond, Relationship, SideChoice
from selection.words import (
    BOND_ANSWERS,
    COST_NAMES,
    DEPENDENCE_QUESTIONS,
    QUALITY_QUESTIONS,
    STAGE_ANSWERS,
    STAGE_QUESTIONS,
)

OPEN = ("", _("not assessed"))
SEVEN = tuple((number, str(number)) for number in range(1, 8))
FIVE = tuple((number, str(number)) for number in range(1, 6))


def scale(label: Any, answers: Iterable[tuple[int, Any]], help_text: Any = "") -> forms.TypedChoiceField:
    """A question that may stay open."""
    return forms.TypedChoiceField(
        label=label, choices=(OPEN, *answers), coerce=int, empty_value=None, required=False, help_text=help_text
    )


WHY = _("Why")


def note_field(label: Any = WHY) -> forms.CharField:
    """A few words behind an answer."""
    return forms.CharField(label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class BondsForm(forms.Form):
    """The eleven kinds of bond, each with its strength and what it consists of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in Bond.Kind.choices:
            self.fields[code] = scale(label, BOND_ANSWERS)
            self.fields[f"{code}_note"] = forms.CharField(
                label=_("What ties us: %(bond)s") % {"bond": label}, required=False, max_length=500
            )

    def values(self) -> dict[str, tuple[int | None, str]]:
        """{kind: (strength, note)}."""
        return {code: (self.cleaned_data[code], self.cleaned_data[f"{code}_note"]) for code in Bond.Kind.values}


def bonds_initial(bonds: Iterable[Bond]) -> dict[str, Any]:
    """The bonds as they are stored."""
    initial: dict[str, Any] = {}
    for bond in bonds:
        initial |= {bond.kind: bond.score, f"{bond.kind}_note": bond.note}
    return initial


class SwitchingForm(forms.Form):
    """What leaving would cost the customer."""

    locked_in = forms.ChoiceField(
        label=_("Who is locked in?"),
        choices=(("", _("nobody, or not known")), *Relationship.LockedIn.choices),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in SwitchingItem:
            self.fields[item.value] = forms.DecimalField(
                label=COST_NAMES[item], required=False, min_value=0, max_digits=14, decimal_places=2
            )
        self.fields["note"] = note_field(_("Where it comes from"))

    def costs(self) -> dict[str, Any]:
        """The items."""
        return {item.value: self.cleaned_data[item.value] for item in SwitchingItem}


class AskedForm(forms.Form):
    """Questions to one of both sides."""

    said_by = forms.ModelChoiceField(label=_("Who answered"), queryset=Contact.objects.none(), required=False)

    def __init__(self, *args: Any, side: str, contacts: QuerySet[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if side == SideChoice.CUSTOMER and not contacts.query.is_empty():
            self.fields["said_by"].queryset = contacts  # type: ignore[attr-defined]  # a ModelChoiceField
        else:
            del self.fields["said_by"]

    def said_by_id(self) -> int | None:
        """Who of the customer answered."""
        person = self.cleaned_data.get("said_by")
        return person.pk if person else None


class StageForm(AskedForm):
    """The six questions on the stage of the relationship."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, question in STAGE_QUESTIONS.items():
            self.fields[str(code)] = scale(question, STAGE_ANSWERS)
        self.fields["note"] = note_field()

    def answers(self) -> dict[str, int | None]:
        """The answers by question."""
        return {str(code): self.cleaned_data[str(code)] for code in STAGE_QUESTIONS}


class QualityForm(AskedForm):
    """Ten statements on the quality of the relationship, 1 not at all to 7 fully."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, statements in QUALITY_QUESTIONS.items():
            for place, statement in enumerate(statements):
                self.fields[f"{code}_{place}"] = scale(statement, SEVEN)

    def answers(self) -> dict[str, list[int | None]]:
        """The answers by dimension."""
        return {
            str(code): [self.cleaned_data[f"{code}_{place}"] for place in range(len(statements))]
            for code, statements in QUALITY_QUESTIONS.items()
        }


def quality_initial(answers: Mapping[str, list[int]]) -> dict[str, int]:
    """One respondent's answers as stored."""
    return {
        f"{dimension}_{place}": answer
        for dimension in map(str, Dimension)
        for place, answer in enumerate(answers.get(dimension, []))
    }


class DependenceForm(forms.Form):
    """Who needs whom, 1 not at all to 5 entirely."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, question in DEPENDENCE_QUESTIONS.items():
            self.fields[str(code)] = scale(question, FIVE)
        self.fields["profit_impact"] = scale(_("How strongly do our goods touch its profit?"), FIVE)
        self.fields["supply_risk"] = scale(_("How great is its risk of running out of them?"), FIVE)
        self.fields["note"] = note_field()

    def answers(self) -> dict[str, int | None]:
        """The eight answers."""
        return {str(code): self.cleaned_data[str(code)] for code in DEPENDENCE_QUESTIONS}


class CellTextForm(forms.Form):
    """What we do with the customers of a cell."""

    text = forms.CharField(
        label=_("What we do here"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
