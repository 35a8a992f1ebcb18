"""A list by its address: the same filters, columns and order as on its page, without the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve

from kcrm.lib.redirects import is_local
from kcrm.lib.tables.page import Query
from kcrm.lib.tables.views import ListPageView


def list_at(address: str, *, by: Any) -> Query:
    """What the list at an address of ours shows this person now. Raises Http404, BadQuery."""
    if not is_local(address):
        raise Http404
    parts = urlsplit(address)
    match = resolve(parts.path)
    view_class = getattr(match.func, "view_class", None)
    if view_class is None or not issubclass(view_class, ListPageView):
        raise Http404
    request = HttpRequest()
    request.method, request.path, request.user = "GET", parts.path, by
    request.GET = QueryDict(parts.query)  # type: ignore[assignment]  # a plain QueryDict serves as one
    view = view_class()
    view.setup(request, *match.args, **match.kwargs)
    return view.read_query(request)
