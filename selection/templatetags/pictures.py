"""What stands above every picture of the customers: tabs to the others, filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.filters import InSegment
from selection.permissions import can_preview_tiers, can_read_some_scores

register = template.Library()

# The tiles above a picture and the lasso choose these.
CHOSEN_ELSEWHERE: Final = frozenset({"quadrant", "ids"})

PICTURES: Final[tuple[tuple[str, Any, Callable[[User], bool]], ...]] = (
    ("selection:matrix", gettext_lazy("KAISM matrix"), can_read_some_scores),
    ("selection:grid", gettext_lazy("Nine-cell grid"), can_read_some_scores),
    ("selection:dependence", gettext_lazy("Dependence"), can_read_some_scores),
    ("selection:loyalty", gettext_lazy("Profit and loyalty"), can_read_some_scores),
    ("selection:tiers", gettext_lazy("Tiers"), can_preview_tiers),
    ("selection:balance", gettext_lazy("Balance"), can_read_some_scores),
    ("selection:conflicts", gettext_lazy("Disagreements"), can_read_some_scores),
    ("selection:reviews-due", gettext_lazy("Reviews due"), can_read_some_scores),
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


@register.inclusion_tag("selection/_scored_filters.html", takes_context=True)
def picture_filters(context: dict[str, Any], filters: InSegment) -> dict[str, Any]:
    """`{% picture_filters filters %}`: a search field, a menu for each filter, a chip for each value in force."""
    request = context["request"]
    return {
        "path": request.path,
        "search": filters.form["q"] if "q" in filters.form.fields else None,
        "menus": [field for field in filters.form if field.name != "q" and field.name not in CHOSEN_ELSEWHERE],
        "kept": [(key, value) for key in CHOSEN_ELSEWHERE for value in filters.values_of(key)],
        "chips": [
            {"label": active.label, "remove_url": _without(request.GET, active.key, active.value) or request.path}
            for active in filters.active()
            if active.key != "ids"
        ],
        "is_filtered": bool(request.GET),
    }


def _without(asked: QueryDict, key: str, value: str) -> str:
    left = asked.copy()
    left.setlist(key, [one for one in left.getlist(key) if one != value])
    return f"?{left.urlencode()}" if left else ""
