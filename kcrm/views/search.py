"""The page of the global search; what it finds opens on pages of several apps."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.selectors.search import Found, Hit, search
from kcrm.lib.tables.views import is_fragment
from kcrm.lib.web import Page

PAGES: Final = {
    "account_profile": "customers:customer-detail",
    "contact": "customers:contact-detail",
    "task": "customers:task-detail",
    "interaction": "customers:interaction-detail",
    "agreement": "customers:agreement-detail",
    "document": "customers:document-detail",
}
ICONS: Final = {
    "account_profile": "building-2",
    "contact": "contact",
    "task": "circle-check",
    "interaction": "messages-square",
    "agreement": "file-pen-line",
    "document": "file-text",
}


def hit_url(hit: Hit) -> str:
    """The page of a found thing, or of its customer where it has none."""
    try:
        return reverse(PAGES[hit.kind], args=[hit.object_id])
    except NoReverseMatch:
        return reverse("customers:customer-detail", args=[hit.customer_id])


def answer_of(found: Found) -> str:
    """What was found, in a sentence."""
    if not found.query:
        return _("Names, places, subjects: two Chinese characters or three letters are enough.")
    if not found.groups:
        return _("Nothing was found for “%(query)s”.") % {"query": found.query}
    if found.is_guess:
        return _("Nothing is written exactly “%(query)s”. Did you mean one of these?") % {"query": found.query}
    return ngettext("%(count)s thing found.", "%(count)s things found.", found.count) % {"count": found.count}


class SearchView(Page):
    """Find customers, people and what was said and promised."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, or the results alone for htmx."""
        found = search(request.user, request.GET.get("q", ""))
        context: dict[str, Any] = {
            "found": found,
            "answer": answer_of(found),
            "groups": [
                {
                    "label": group.label,
                    "count": group.count,
                    "icon": ICONS[group.kind],
                    "hits": [{"hit": hit, "url": hit_url(hit)} for hit in group.hits],
                }
                for group in found.groups
            ],
        }
        answer = render(
            request, "customers/_search_results.html" if is_fragment(request) else "customers/search.html", context
        )
        patch_vary_headers(answer, ("HX-Request",))
        return answer
