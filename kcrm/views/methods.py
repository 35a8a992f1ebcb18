"""How figures are worked out: the pages of `docs/methods`, readable where the figures are."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from kcrm.lib.plain_markdown import html_of, title_of
from kcrm.lib.web import Page

CONTENTS: Final = "README"


class MethodPage(Page):
    """What is this figure, and how is it worked out?"""

    def get(self, request: HttpRequest, code: str = CONTENTS) -> HttpResponse:
        """One method, or the list of them."""
        title, content = method(code)
        return render(request, "kcrm/method.html", {"title": title, "content": content, "is_list": code == CONTENTS})


@cache
def method(code: str) -> tuple[str, SafeString]:
    """Title and HTML of a method's page. Raises Http404 for one that is not written."""
    folder = settings.BASE_DIR / "docs" / "methods"
    path = folder / f"{code}.md"
    if path not in set(folder.glob("*.md")):
        raise Http404
    text = path.read_text(encoding="utf-8")
    html = html_of(text.partition("\n")[2], link=_address)
    return title_of(text), mark_safe(html)  # noqa: S308 - our own pages, escaped by the renderer


def _address(target: str) -> str:
    name = target.removesuffix(".md")
    if name == target or "/" in name:
        return ""
    return reverse("methods") if name == CONTENTS else reverse("method", args=[name])
