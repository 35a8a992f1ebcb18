"""How figures are worked out: the pages of `docs/methods`, readable where the figures are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kcrm.lib.plain_markdown import html_of, title_of
from kcrm.lib.web import Page

CONTENTS: Final = "README"


FIGURES: Final = "## Worked figures"


@dataclass(frozen=True, slots=True)
class Method:
    """A method's page. `figures` are the worked figures in English under a page in another language, else empty."""

    title: str
    language: str
    content: SafeString
    figures: SafeString


class MethodPage(Page):
    """What is this figure, and how is it worked out?"""

    def get(self, request: HttpRequest, code: str = CONTENTS) -> HttpResponse:
        """One method, or the list of them."""
        context = {"method": method(code, get_language() or "en"), "is_list": code == CONTENTS}
        return render(request, "kcrm/method.html", context)


@cache
def method(code: str, language: str) -> Method:
    """A method's page in the reader's language where it is written, else in English. Raises Http404 for none."""
    folder = settings.BASE_DIR / "docs" / "methods"
    path = folder / f"{code}.md"
    if path not in set(folder.glob("*.md")):
        raise Http404
    english = path.read_text(encoding="utf-8")
    own = folder / language[:2] / path.name
    if language.startswith("en") or not own.exists():
        return Method(title_of(english), "en", _html(english.partition("\n")[2]), SafeString())
    text = own.read_text(encoding="utf-8")
    figures = english.partition(FIGURES)[2].partition("\n")[2]
    return Method(title_of(text), language, _html(text.partition("\n")[2]), _html(figures))


def _html(text: str) -> SafeString:
    return mark_safe(html_of(text, link=_address))  # noqa: S308 - our own pages, escaped by the renderer


def _address(target: str) -> str:
    name = target.removesuffix(".md")
    if name == target or "/" in name:
        return ""
    return reverse("methods") if name == CONTENTS else reverse("method", args=[name])
