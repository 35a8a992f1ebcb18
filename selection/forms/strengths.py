"""A customer's view of its suppliers as it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contact
from selection.models import Alternative, Rating, SupplierScore, ViewFactor

DAY = {"type": "date"}
SCORE_PARTS = ("score", "evidence", "observed_on", "said_by", "note")


def day_field(label: Any) -> forms.DateField:
    """A day, chosen from the browser's own calendar."""
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class FactorForm(forms.Form):
    """One of the customer's factors with its weight, and a line for each supplier."""

    name = forms.CharField(
        label=gettext_lazy("What the customer looks at"),
        max_length=120,
        help_text=gettext_lazy("In the customer's own words, such as delivery on time or price per serving."),
    )
    weight = forms.DecimalField(
        label=gettext_lazy("Weight, points of 100"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "1"}),
    )
    evidence = forms.ChoiceField(label=gettext_lazy("How we know the weight"), choices=Rating.Evidence.choices)
    said_by = forms.ModelChoiceField(label=gettext_lazy("Who said so"), queryset=Contact.objects.none(), required=False)
    said_on = day_field(gettext_lazy("When"))
    note = forms.CharField(
        label=gettext_lazy("What was said"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, *args: Any, contacts: QuerySet[Contact], alternatives: Sequence[Alternative], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers: list[tuple[int | None, str]] = [(None, _("We")), *((one.pk, str(one)) for one in alternatives)]
        self._people("said_by", contacts)
        for key, name in self.suppliers:
            self._add_line(part_name(key, ""), name, contacts)

    def _add_line(self, prefix: str, name: str, contacts: QuerySet[Contact]) -> None:
        self.fields[prefix + "score"] = forms.DecimalField(
            label=_("Score of %(supplier)s") % {"supplier": name},
            required=False,
            min_value=Decimal(1),
            max_value=Decimal(10),
            max_digits=4,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "0.5"}),
        )
        self.fields[prefix + "evidence"] = forms.ChoiceField(
            label=_("Evidence"), choices=Rating.Evidence.choices, required=False
        )
        self.fields[prefix + "observed_on"] = day_field(_("As of"))
        self.fields[prefix + "said_by"] = forms.ModelChoiceField(
            label=_("Said by"), queryset=Contact.objects.none(), required=False
        )
        self._people(prefix + "said_by", contacts)
        self.fields[prefix + "note"] = forms.CharField(
            label=_("What was said or seen"), required=False, max_length=4000
        )

    def _people(self, name: str, contacts: QuerySet[Contact]) -> None:
        if contacts.query.is_empty():
            del self.fields[name]
        else:
            self.fields[name].queryset = contacts  # type: ignore[attr-defined]  # a ModelChoiceField

    def head_fields(self) -> Iterable[forms.BoundField]:
        """What is said of the factor itself."""
        return [
            self[name] for name in ("name", "weight", "evidence", "said_by", "said_on", "note") if name in self.fields
        ]

    def supplier_lines(self) -> Iterable[tuple[str, list[forms.BoundField]]]:
        """Each supplier's name with its fields."""
        for key, name in self.suppliers:
            yield (
                name,
                [self[part_name(key, part)] for part in SCORE_PARTS if part_name(key, part) in self.fields],
            )

    def values(self) -> dict[str, Any]:
        """The factor's own values."""
        cleaned = self.cleaned_data
        values = {name: cleaned[name] for name in ("name", "weight", "evidence", "said_on", "note")}
        if "said_by" in self.fields:
            values["said_by_id"] = cleaned["said_by"].pk if cleaned["said_by"] else None
        return values

    def scores(self) -> list[dict[str, Any]]:
        """What each supplier scores; an empty score takes one away."""
        return [self._score(key) for key, _name in self.suppliers]

    def _score(self, key: int | None) -> dict[str, Any]:
        cleaned = self.cleaned_data
        score = cleaned[part_name(key, "score")]
        if score is None:
            return {"alternative_id": key, "score": None}
        values = {
            "alternative_id": key,
            "score": score,
            "evidence": cleaned[part_name(key, "evidence")] or Rating.Evidence.GUESS,
            "observed_on": cleaned[part_name(key, "observed_on")],
            "note": cleaned[part_name(key, "note")],
        }
        if part_name(key, "said_by") in self.fields:
            person = cleaned[part_name(key, "said_by")]
            values["said_by_id"] = person.pk if person else None
        return values


def part_name(alternative_id: int | None, part: str) -> str:
    """The name of a supplier's field: ours begin with `s0_`, the others' with their number."""
    return f"s{alternative_id or 0}_{part}"


def initial_of(factor: ViewFactor | None, scores: Mapping[int | None, SupplierScore], today: Any) -> dict[str, Any]:
    """A factor as it is stored; lines without a score begin with today."""
    initial: dict[str, Any] = {"evidence": Rating.Evidence.TOLD, "said_on": today}
    if factor is not None:
        initial = {name: getattr(factor, name) for name in ("name", "weight", "evidence", "said_on", "note")}
        initial["said_by"] = factor.said_by_id
    for key, score in scores.items():
        for part in ("score", "evidence", "observed_on", "note"):
            initial[part_name(key, part)] = getattr(score, part)
        initial[part_name(key, "said_by")] = score.said_by_id
    return initial


class AlternativeForm(forms.Form):
    """Whom or what the customer could choose instead of us."""

    kind = forms.ChoiceField(label=gettext_lazy("What could it choose?"), choices=Alternative.Kind.choices)
    name = forms.CharField(
        label=gettext_lazy("Name of the rival"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("Needed for a rival. Without a name there is nothing to compare with."),
    )


class ViewForm(forms.Form):
    """What was agreed about the view as a whole."""

    sole_source = forms.BooleanField(
        label=gettext_lazy("We are the only source"),
        required=False,
        help_text=gettext_lazy("Then compare with the customer's own production, a substitute, or doing without."),
    )
    verified_on = day_field(gettext_lazy("Confirmed by the customer on"))
    verified_with = forms.ModelChoiceField(
        label=gettext_lazy("Confirmed with"), queryset=Contact.objects.none(), required=False
    )

    def __init__(self, *args: Any, contacts: QuerySet[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verified_with"].queryset = contacts  # type: ignore[attr-defined]  # a ModelChoiceField
