"""Parts of pages that are drawn once for each set of values, not once for each page."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import Any, Final

from django import template
from django.conf import settings
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kcrm.lib.drawn import Drawn

register = template.Library()

KEPT: Final = 1_000  # of some kilobytes each
# what differs from request to request is put in after drawing; nobody can write these marks into a value
TOKEN: Final = f"token-{token_hex(16)}"
HERE: Final = f"here-{token_hex(16)}"
BODY: Final = f"body-{token_hex(16)}"
FOOT: Final = f"foot-{token_hex(16)}"
MARK: Final = re.compile(f"({TOKEN}|{HERE}|{BODY}|{FOOT})")
_drawn: Final[Drawn[list[str]]] = Drawn(KEPT)  # what lies between the marks, and the marks


@register.simple_tag(takes_context=True)
def frozen(context: template.Context, name: str, *, body: Any = "", foot: Any = "", **values: Any) -> SafeString:
    """Include a template that sees these values, the language, `csrf_token` and `here` (this page's address).

    `{% frozen "components/navigation.html" navigation=navigation %}`. The same values are drawn once, so the template
    may show neither the time nor anything it fetches itself. Values that cannot be compared are drawn every time.

    A value that has `facts` is compared by them: all that is drawn of it, None where that cannot be said. `body` and
    `foot` are what stands within the template and is drawn each time.
    """

    def draw() -> list[str]:
        engine = context.template.engine  # type: ignore[union-attr]  # a template is being rendered
        marks = {"csrf_token": TOKEN, "here": HERE, "body": mark_safe(BODY), "foot": mark_safe(FOOT)}  # noqa: S308  # marks that this module itself fills with escaped text
        return MARK.split(engine.get_template(name).render(template.Context(values | marks)))

    compared = [(key, getattr(value, "facts", value)) for key, value in values.items()]
    if settings.DEBUG or any(facts is None and values[key] is not None for key, facts in compared):
        parts = draw()
    else:
        try:
            parts = _drawn.get((name, get_language(), *compared), draw)
        except TypeError:
            parts = draw()
    return _filled(parts, context, body, foot)


def _filled(parts: list[str], context: template.Context, body: Any, foot: Any) -> SafeString:
    """The markup with what belongs to this request in the place of the marks."""
    fillings: dict[str, str] = {}
    for mark in parts[1::2]:
        if mark not in fillings:
            fillings[mark] = _filling(mark, context, body, foot)
    filled = [fillings[part] if number % 2 else part for number, part in enumerate(parts)]
    return SafeString("".join(filled))  # drawn by a template, and every filling is escaped


def _filling(mark: str, context: template.Context, body: Any, foot: Any) -> str:
    if mark == TOKEN:
        return escape(str(context.get("csrf_token", "")))
    if mark == HERE:
        request: Any = context.get("request")  # none within another frozen part, whose mark is handed on
        return escape(request.get_full_path()) if request is not None else str(context.get("here", ""))
    return conditional_escape(body if mark == BODY else foot)
