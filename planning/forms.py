"""Plans, as they are typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CoverageRuleForm(forms.Form):
    """How often."""

    days = forms.IntegerField(label=_("Days between contacts"), min_value=1, max_value=730)
