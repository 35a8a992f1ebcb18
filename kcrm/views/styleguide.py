"""The living style guide: every component with its variables, for those who build pages and for the browser tests."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kcrm.templatetags.interface import QUADRANTS
from kcrm.views import styleguide_samples as samples
from kcrm.views.styleguide_charts import charts


class SampleFilters(forms.Form):
    """What a list can be narrowed by."""

    q = forms.CharField(label=_("Name or place"), required=False)
    quadrant = forms.MultipleChoiceField(
        label=_("Quadrant"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(QUADRANTS.items())
    )
    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=[("", _("Any")), ("de", _("Germany")), ("at", _("Austria"))]
    )


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As the customer writes it."))
    relation = forms.ChoiceField(
        label=_("Relation"),
        choices=[("b", _("Basic")), ("c", _("Cooperative")), ("i", _("Interdependent"))],
    )
    credit_limit = forms.DecimalField(label=_("Credit limit"), required=False, min_value=0, decimal_places=2)
    review_on = forms.DateField(
        label=_("Next review"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    channel = forms.ChoiceField(
        label=_("Prefers"),
        widget=forms.RadioSelect,
        choices=[("call", _("Call")), ("visit", _("Visit")), ("mail", _("E-mail"))],
        initial="call",
    )
    is_strategic = forms.BooleanField(
        label=_("Part of the programme"), required=False, help_text=_("Gets a plan and reviews each quarter.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    paper = forms.FileField(label=_("Paper"), required=False)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page; `?toast=1` shows the notices, `?figure=` explains a figure."""
    if "figure" in request.GET:
        return render(request, "kcrm/_styleguide_figure.html", {"facts": samples.explanation()})
    if "toast" in request.GET:
        messages.success(request, _("Plan approved. Its owner was told."))
        messages.error(request, _("The file has no column for the customer number."))
    now = timezone.now()
    context = {
        "table": samples.customer_table(SampleFilters(request.GET)),
        "empty_table": samples.empty_table(),
        "form": SampleForm(),
        "invalid_form": SampleForm({"name": "", "relation": "x", "credit_limit": "-5"}, prefix="again"),
        "conflict": samples.conflict(now - timedelta(minutes=4)),
        "figures": samples.figures(),
        "events": samples.events(now),
        "tasks": samples.tasks(),
        "charts": charts(),
        "job": samples.job(),
        "crumbs": [(_("Customers"), "#"), (_("Germany"), "#")],
        "tabs": samples.tabs(),
        "menu_items": samples.menu_items(),
        "facts": samples.facts(),
        "moments": [now - timedelta(minutes=5), now - timedelta(days=3), now + timedelta(days=12)],
    }
    return render(request, "kcrm/styleguide.html", context)
