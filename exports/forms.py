"""What is asked of who wants much, and of who says no."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """What the export is for."""

    reason = forms.CharField(
        label=_("What for"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text=_("Whoever decides reads it, and it stays in the audit trail."),
    )  # fmt: skip


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Why not"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked reads it, and it stays in the audit trail."),
    )  # fmt: skip
