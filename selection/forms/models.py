"""Factor sets as they are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any, cast

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kcrm.lib.errors import DomainError
from selection.calculations.paired_comparison import Judgement
from selection.models import ModelFactor, Segment
from selection.scales import as_typed, from_typed
from selection.selectors.figures import AVAILABLE
from selection.words import METRIC_NAMES, factor_name

ANCHORS = ("1", "4", "7", "10")
SCALES = (
    ("place", gettext_lazy("place among all customers")),
    ("curve", gettext_lazy("a curve through points")),
    ("bands", gettext_lazy("bands with one score each")),
)
TIMES = tuple((str(number), number) for number in range(9, 0, -1))


class ApproveForm(forms.Form):
    """A word with the approval."""

    remark = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )


class ModelForm(forms.Form):
    """A model's name and what it is for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    segment = forms.ModelChoiceField(
        label=gettext_lazy("For the customers of"),
        queryset=Segment.objects.in_use(),
        required=False,
        empty_label=gettext_lazy("everybody whose segment has no model of its own"),
    )


class ModelFactorForm(forms.Form):
    """One factor: judged against anchors, or measured by a figure."""

    key = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Factor"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("How it is scored"), choices=ModelFactor.Kind.choices, initial="judged")
    metric = forms.ChoiceField(label=gettext_lazy("Figure"), required=False)
    scale_kind = forms.ChoiceField(label=gettext_lazy("The figure becomes a score by"), choices=SCALES, required=False)
    less_is_better = forms.BooleanField(label=gettext_lazy("less is better"), required=False)
    points = forms.CharField(
        label=gettext_lazy("Points, one a line: figure: score"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Such as 0: 1, then 100000: 7. Shares are fractions: 0.05 for 5 %. Bands begin with : 1."
        ),
    )
    anchor_1 = forms.CharField(label=gettext_lazy("1 means"), required=False, max_length=200)
    anchor_4 = forms.CharField(label=gettext_lazy("4 means"), required=False, max_length=200)
    anchor_7 = forms.CharField(label=gettext_lazy("7 means"), required=False, max_length=200)
    anchor_10 = forms.CharField(label=gettext_lazy("10 means"), required=False, max_length=200)
    weight = forms.DecimalField(
        label=gettext_lazy("Weight"), min_value=0, max_value=100, max_digits=5, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "1", "data-weight-input": ""}),
    )  # fmt: skip
    minimum = forms.DecimalField(
        label=gettext_lazy("Knock-out below"), min_value=1, max_value=10, max_digits=4, decimal_places=2, required=False
    )
    horizon = forms.ChoiceField(label=gettext_lazy("Looks at"), choices=ModelFactor.Horizon.choices, initial="present")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["metric"])
        field.choices = [("", "–"), *((str(metric), str(METRIC_NAMES[metric])) for metric in AVAILABLE)]

    def clean(self) -> dict[str, Any]:
        """The factor's own rules: a measured one names a figure and a scale that can be read."""
        given = super().clean() or {}
        if given.get("kind") == ModelFactor.Kind.METRIC:
            if not given.get("metric"):
                self.add_error("metric", _("Choose the figure that measures this factor."))
            try:
                given["scale"] = from_typed(
                    given.get("scale_kind") or "place",
                    given.get("points", ""),
                    more_is_better=not given.get("less_is_better"),
                )
            except DomainError as error:
                self.add_error("points", str(error))
        return given

    def as_factor(self, key: str) -> dict[str, Any]:
        """The factor as the service takes it."""
        given = self.cleaned_data
        judged = given["kind"] == ModelFactor.Kind.JUDGED
        anchors = {point: given[f"anchor_{point}"] for point in ANCHORS if given[f"anchor_{point}"]}
        library = factor_name(key, "")
        return {
            "key": key,
            "name": "" if given["name"] == library else given["name"],
            "kind": given["kind"],
            "metric": "" if judged else given["metric"],
            "scale": {} if judged else given["scale"],
            "anchors": anchors if judged else {},
            "weight": given["weight"],
            "minimum": given["minimum"],
            "horizon": given["horizon"],
        }


class FactorsFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Django's class is not generic at run time
    """The factors of a model: weights that total 100 are the service's rule, so that what was typed stays."""

    def factors(self) -> list[dict[str, Any]]:
        """The factors that are typed and not struck out, each with a key of its own."""
        found: list[dict[str, Any]] = []
        taken: set[str] = {form.cleaned_data["key"] for form in self._kept() if form.cleaned_data.get("key")}
        for form in self._kept():
            key = form.cleaned_data.get("key") or _new_key(form.cleaned_data, taken)
            taken.add(key)
            found.append(form.as_factor(key))
        return found

    def _kept(self) -> list[ModelFactorForm]:
        return [form for form in self.forms if form.has_changed() and form not in self.deleted_forms]


FactorSet = forms.formset_factory(ModelFactorForm, formset=FactorsFormSet, extra=2, can_delete=True, max_num=10)


def _new_key(given: Mapping[str, Any], taken: Iterable[str]) -> str:
    base = (given.get("metric") or slugify(given["name"]).replace("-", "_") or "factor")[:36]
    names = [base, *(f"{base}_{number}" for number in range(2, 12))]
    return next(name for name in names if name not in set(taken))


def initial_of(factor: ModelFactor) -> dict[str, Any]:
    """A stored factor as its form shows it."""
    return {
        "key": factor.key,
        "name": factor_name(factor.key, factor.name),
        "kind": factor.kind,
        "metric": factor.metric,
        "scale_kind": factor.scale.get("kind", "place"),
        "less_is_better": factor.scale.get("more_is_better") is False,
        "points": as_typed(factor.scale),
        **{f"anchor_{point}": factor.anchors.get(point, "") for point in ANCHORS},
        "weight": factor.weight.normalize() if factor.weight % 1 else int(factor.weight),
        "minimum": factor.minimum,
        "horizon": factor.horizon,
    }


def pairs_of(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Every pair of factors, in the order in which they are asked."""
    return list(combinations(keys, 2))


def judgements_of(posted: Mapping[str, str], keys: Iterable[str]) -> list[Judgement]:
    """The pairs that were compared; what is not on the scale is left open."""
    found = []
    for first, second in pairs_of(keys):
        text = posted.get(f"{first}--{second}", "")
        try:
            times = Decimal(1) / Decimal(text[2:]) if text.startswith("1/") else Decimal(text)
        except (ArithmeticError, ValueError):
            continue
        if Decimal("0.11") <= times <= 9:
            found.append(Judgement(first, second, float(times)))
    return found
