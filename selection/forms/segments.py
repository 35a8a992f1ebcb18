"""Segments as they are typed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from selection.models import ModeChoice, Segment
from selection.services.segments import RULE_AMOUNTS, RULE_LISTS, TESTS, TEXTS

ANSWERS = (("", gettext_lazy("not decided yet")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
WORDS = {"yes": True, "no": False, "": None}


def _long(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SegmentForm(forms.Form):
    """What a segment is, why it buys, and what it is offered."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    who = forms.CharField(label=gettext_lazy("Who buys"), required=False, max_length=4000, widget=_long())
    how = forms.CharField(
        label=gettext_lazy("What, where, when and how they buy"), required=False, max_length=4000, widget=_long()
    )
    reasons = forms.CharField(
        label=gettext_lazy("Why they buy: one reason a line, with its points of 100"),
        required=False,
        max_length=2000,
        widget=_long(4),
        help_text=gettext_lazy("Such as Delivery: 40. All points total 100."),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Way of selling"), required=False, choices=[("", "–"), *ModeChoice.choices]
    )
    approach = forms.CharField(label=gettext_lazy("Selling approach"), required=False, max_length=4000, widget=_long())
    product = forms.CharField(label=gettext_lazy("Product"), required=False, max_length=4000, widget=_long())
    price = forms.CharField(label=gettext_lazy("Price"), required=False, max_length=4000, widget=_long())
    place = forms.CharField(label=gettext_lazy("Distribution"), required=False, max_length=4000, widget=_long())
    promotion = forms.CharField(label=gettext_lazy("Promotion"), required=False, max_length=4000, widget=_long())
    service = forms.CharField(label=gettext_lazy("Service"), required=False, max_length=4000, widget=_long())

    def clean_reasons(self) -> list[list[Any]]:
        """The reasons with their points; that they total 100 is the service's rule."""
        found = []
        for line in self.cleaned_data["reasons"].splitlines():
            if not line.strip():
                continue
            text, _colon, points = line.replace("：", ":").rpartition(":")
            try:
                found.append([text.strip(), float(Decimal(points.strip()))])
            except InvalidOperation:
                raise forms.ValidationError(
                    _("“%(line)s”: write the reason, a colon and its points.") % {"line": line.strip()}
                ) from None
        return found


class TestsForm(forms.Form):
    """Is it a segment?"""

    big_enough = forms.ChoiceField(label=gettext_lazy("Big enough to be worth an offer of its own"), required=False)
    different = forms.ChoiceField(label=gettext_lazy("Different from the others in why it buys"), required=False)
    reachable = forms.ChoiceField(label=gettext_lazy("Reachable by our channels and people"), required=False)
    workable = forms.ChoiceField(label=gettext_lazy("Workable: we can serve it and earn by it"), required=False)
    test_notes = forms.CharField(
        label=gettext_lazy("What the answers rest on"), required=False, max_length=4000, widget=_long(3)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TESTS:
            cast(forms.ChoiceField, self.fields[name]).choices = ANSWERS

    def values(self) -> dict[str, Any]:
        """The answers as the service takes them."""
        given = self.cleaned_data
        return {name: WORDS[given[name]] for name in TESTS} | {"test_notes": given["test_notes"]}


class RuleForm(forms.Form):
    """Which customers belong to a segment by what they are."""

    industries = forms.CharField(
        label=gettext_lazy("Industries"), required=False, max_length=1000,
        help_text=gettext_lazy("Several with commas between; one of them suffices. Every line narrows."),
    )  # fmt: skip
    countries = forms.CharField(
        label=gettext_lazy("Countries"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("ISO codes, such as DE, FR."),
    )
    relations = forms.MultipleChoiceField(
        label=gettext_lazy("Relations"), required=False, choices=Customer.Relation.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    tags = forms.CharField(label=gettext_lazy("Tags"), required=False, max_length=1000)
    sales_from = forms.DecimalField(label=gettext_lazy("Net sales of 12 months from"), required=False, max_digits=16)
    sales_to = forms.DecimalField(label=gettext_lazy("Net sales of 12 months below"), required=False, max_digits=16)

    def rule(self) -> dict[str, Any]:
        """The rule as it is kept."""
        given = self.cleaned_data
        lists = {name: given[name] if name == "relations" else given[name].split(",") for name in RULE_LISTS}
        return lists | {name: given[name] for name in RULE_AMOUNTS}


class PlaceForm(forms.Form):
    """Which segment a customer belongs to, and from when."""

    segment = forms.ModelChoiceField(
        label=gettext_lazy("Segment"), queryset=Segment.objects.none(), required=False,
        empty_label=gettext_lazy("no segment"),
    )  # fmt: skip
    day = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, segments: QuerySet[Segment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["segment"]).queryset = segments  # type: ignore[type-arg]  # Django's class is not generic at run time


def segment_initial(segment: Segment) -> dict[str, Any]:
    """A stored segment as its form shows it."""
    texts = {name: getattr(segment, name) for name in (*TEXTS - {"test_notes"}, "name", "mode")}
    return texts | {"reasons": "\n".join(f"{reason}: {points:g}" for reason, points in segment.reasons)}


def tests_initial(segment: Segment) -> dict[str, Any]:
    """The answers as the form shows them."""
    words = {value: word for word, value in WORDS.items()}
    return {name: words[getattr(segment, name)] for name in TESTS} | {"test_notes": segment.test_notes}


def rule_initial(segment: Segment) -> dict[str, Any]:
    """The rule as its form shows it."""
    rule = segment.rule
    return {
        name: rule.get(name, []) if name == "relations" else ", ".join(rule.get(name, [])) for name in RULE_LISTS
    } | {name: rule.get(name) for name in RULE_AMOUNTS}
