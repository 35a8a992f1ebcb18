"""A webhook as it is typed."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feed.registry import all_events


class EndpointForm(forms.Form):
    """Where, and of what it is told."""

    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and is open to the internet."),
        widget=forms.URLInput(),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        required=False,
        help_text=_("None ticked: all of them, those of later versions too."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = groupby(all_events(), key=lambda event: event.partition(".")[0])
        self.fields["events"].choices = [(kind, [(event, event) for event in events]) for kind, events in groups]

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return dict(self.cleaned_data)
