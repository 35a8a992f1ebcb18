"""Parts of pages that are drawn once for each set of values, not once for each page."""

from __future__ import annotations

from collections.abc import Hashable
from secrets import token_hex
from typing import Any, Final

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kcrm.lib.kept import Kept

register = template.Library()

KEPT: Final = 1_000  # of some kilobytes each
# what differs from request to request is put in after drawing; nobody can write these marks into a value
TOKEN: Final = f"token-{token_hex(16)}"
HERE: Final = f"here-{token_hex(16)}"
_drawn: Final[Kept[SafeString]] = Kept(KEPT)


@register.simple_tag(takes_context=True)
def frozen(context: template.Context, name: str, **values: Hashable) -> SafeString:
    """Include a template that sees these values, the language, `csrf_token` and `here` (this page's address).

    `{% frozen "components/navigation.html" navigation=navigation %}`. The same values are drawn once, so the template
    may show neither the time nor anything it fetches itself. Values that cannot be compared are drawn every time.
    """

    def draw() -> SafeString:
        engine = context.template.engine  # type: ignore[union-attr]  # a template is being rendered
        return engine.get_template(name).render(template.Context(values | {"csrf_token": TOKEN, "here": HERE}))

    if settings.DEBUG:
        markup = draw()
    else:
        try:
            markup = _drawn.get((name, get_language(), *values.items()), draw)
        except TypeError:
            markup = draw()
    return _filled(markup, context)


def _filled(markup: SafeString, context: template.Context) -> SafeString:
    if TOKEN not in markup and HERE not in markup:
        return markup
    request: Any = context.get("request")
    here = escape(request.get_full_path()) if request is not None else ""
    token = escape(str(context.get("csrf_token", "")))
    return mark_safe(markup.replace(TOKEN, token).replace(HERE, here))  # noqa: S308 - escaped here
