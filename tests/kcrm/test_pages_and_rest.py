"""Whatever a page writes, REST writes too, or `docs/pages-and-rest.md` says in a sentence why not."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

from django.conf import settings

from tests.authz.routes import Route, routes

DOCUMENT = settings.BASE_DIR / "docs" / "pages-and-rest.md"
LINE = re.compile(r"^\| `(/[^`]*)` \| (.+) \|$")
OPERATION = re.compile(r"`([A-Z]+ /[^`]*)`")
SAFE = {"GET", "HEAD", "OPTIONS"}


def address_of(route: Route) -> str:
    """The address as people read it: `/customers/{pk}/edit/`, `/customers/{id}/` for a call."""
    text = route.pattern.removeprefix("api/v1/").replace("^", "").replace("$", "")
    text = text.replace(r"(?P<pk>\d{1,18})", "{id}")
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", text)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", text)


def methods_of(callback: Any) -> set[str]:
    """The methods that a page answers; all of them where it does not say."""
    if view := getattr(callback, "view_class", None):
        return {name.upper() for name in view.http_method_names if hasattr(view, name)}
    while callback is not None:
        if allowed := inspect.getclosurevars(callback).nonlocals.get("request_method_list"):
            return set(allowed)
        callback = getattr(callback, "__wrapped__", None)
    return {"GET", "POST"}


def is_writing_page(route: Route) -> bool:
    """Whether a page takes more than looking."""
    return not route.name.startswith("api:") and bool(methods_of(route.callback) - SAFE)


@cache
def documented() -> dict[str, str]:
    """{page: what its line says}"""
    lines = map(LINE.match, DOCUMENT.read_text(encoding="utf-8").splitlines())
    return {found[1]: found[2] for found in lines if found}


def test_every_page_that_writes_has_its_line_and_every_line_its_page() -> None:
    writing = {address_of(route) for route in routes() if is_writing_page(route)}

    assert writing - set(documented()) == set()
    assert set(documented()) - writing == set()


def test_every_operation_that_is_named_is_there() -> None:
    there = {
        f"{method.upper()} {address_of(route)}"
        for route in routes()
        for method in getattr(route.callback, "actions", {})
    }
    named = {one for said in documented().values() for one in OPERATION.findall(said)}

    assert named - there == set()


def test_a_page_without_an_operation_says_why_in_a_sentence() -> None:
    silent = {page: said for page, said in documented().items() if not OPERATION.search(said)}

    assert {page: said for page, said in silent.items() if len(said.split()) < 4 or not said.endswith(".")} == {}


def test_a_page_that_only_shows_is_told_from_one_that_writes() -> None:
    by_name = {route.name: route for route in routes()}

    assert not is_writing_page(by_name["healthz"])
    assert not is_writing_page(by_name["jobs:job-detail"])
    assert is_writing_page(by_name["accounts:preference-theme"])
    assert is_writing_page(by_name["customers:customer-update"])
