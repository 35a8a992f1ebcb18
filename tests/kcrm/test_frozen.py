"""Parts of pages that are drawn once: never with another reader's token, address or values."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import SafeString
from django.utils.translation import override

from kcrm.lib.drawn import Drawn
from kcrm.templatetags import frozen

SOURCE = '{% load frozen %}{% frozen "components/preferences.html" shell=shell %}'
SHELL = (("urls", "x"),)


class Look(tuple[Any, ...]):
    """A comparable thing with the attributes that the template asks for."""

    urls = {"language": "/language/", "theme": "/theme/"}
    languages = ("en", "zh-hans")
    theme = ""


def drawn(token: str, path: str) -> str:
    request = RequestFactory().get(path)
    return Template(SOURCE).render(Context({"request": request, "csrf_token": token, "shell": Look()}))


def test_each_request_gets_its_own_token_and_address() -> None:
    first, second = drawn("mine", "/a/?x=<1>"), drawn("yours", "/b/")

    assert 'value="mine"' in first
    assert 'value="yours"' in second
    assert "mine" not in second
    assert 'value="/a/?x=%3C1%3E"' in first
    assert frozen.TOKEN not in first + second
    assert frozen.HERE not in first + second


def test_each_language_is_drawn_for_itself() -> None:
    english = drawn("t", "/")
    with override("zh-hans"):
        assert drawn("t", "/") != english


def test_the_template_sees_nothing_but_what_is_handed_to_it() -> None:
    source = '{% load frozen %}{% frozen "components/brand.html" %}{% frozen "components/facts.html" facts=facts %}'

    text = Template(source).render(Context({"facts": (("<Term>", "text"),)}))

    assert "&lt;Term&gt;" in text


def test_what_cannot_be_compared_is_drawn_every_time() -> None:
    source = '{% load frozen %}{% frozen "components/facts.html" facts=facts %}'
    facts = [["Term", "first"]]
    assert "first" in Template(source).render(Context({"facts": facts}))

    facts[0][1] = "second"

    assert "second" in Template(source).render(Context({"facts": facts}))


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    drawn_now: list[str] = []
    kept: Drawn[SafeString] = Drawn(2)

    def ask(key: str) -> None:
        def draw() -> SafeString:
            drawn_now.append(key)
            return SafeString(key)

        assert kept.get(key, draw) == key

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)

    assert drawn_now == ["a", "b", "c", "b"]


def test_a_key_that_cannot_be_compared_is_refused() -> None:
    with pytest.raises(TypeError):
        Drawn[SafeString](2).get([], lambda: SafeString(""))  # type: ignore[arg-type]  # the point of the test
