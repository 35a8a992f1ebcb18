"""What people type on the pages of this app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jobs.selectors.notifications import Choice

EMAIL_CHOICES = (
    ("now", _("at once")),
    ("digest", pgettext_lazy("by e-mail", "digest")),  # the full words do not fit a phone
    ("off", pgettext_lazy("by e-mail", "never")),
)


class ChoiceForm(forms.Form):
    """How a person hears of one kind of notification."""

    in_app = forms.BooleanField(label=_("In KCRM"), required=False)
    email = forms.ChoiceField(label=_("By e-mail"), choices=EMAIL_CHOICES)

    def __init__(self, *args: Any, choice: Choice, **kwargs: Any) -> None:
        initial = {"in_app": choice.in_app, "email": choice.email}
        super().__init__(*args, prefix=choice.kind.key, initial=initial, **kwargs)
        self.choice = choice
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{choice.kind.heading}: {self.fields[name].label}"
