"""The pages of one's settings, for templates of the sign-in library that no view of ours fills."""

from __future__ import annotations

from django import template

from accounts import selectors

register = template.Library()


@register.simple_tag
def settings_tabs(path: str) -> list[selectors.Tab]:
    """The tabs of the settings with that of the path marked."""
    return selectors.settings_tabs(path)
