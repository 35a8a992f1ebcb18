"""The tabs that lead from one picture of the customers to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.permissions import can_preview_tiers, can_read_some_scores

register = template.Library()

PICTURES: Final[tuple[tuple[str, Any, Callable[[User], bool]], ...]] = (
    ("selection:matrix", gettext_lazy("KAISM matrix"), can_read_some_scores),
    ("selection:grid", gettext_lazy("Nine-cell grid"), can_read_some_scores),
    ("selection:dependence", gettext_lazy("Dependence"), can_read_some_scores),
    ("selection:loyalty", gettext_lazy("Profit and loyalty"), can_read_some_scores),
    ("selection:tiers", gettext_lazy("Tiers"), can_preview_tiers),
    ("selection:balance", gettext_lazy("Balance"), can_read_some_scores),
    ("selection:conflicts", gettext_lazy("Disagreements"), can_read_some_scores),
    ("selection:unknown-territory", gettext_lazy("Unknown territory"), can_read_some_scores),
)


@register.inclusion_tag("components/tabs.html", takes_context=True)
def picture_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """`{% picture_tabs %}`: the pictures that the reader may open, the present one marked."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "label": _("Pictures of the customers"),
        "tabs": [
            {"label": label, "url": reverse(name), "current": name == here}
            for name, label, may in PICTURES
            if may(request.user)
        ],
    }
