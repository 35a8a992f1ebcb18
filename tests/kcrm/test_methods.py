"""The pages that explain how figures are worked out."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from kcrm.lib.plain_markdown import html_of
from kcrm.views.methods import method
from tests.factories.accounts import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", sorted((settings.BASE_DIR / "docs" / "methods").glob("*.md")), ids=lambda path: path.stem
)
def test_every_method_has_a_page(path):
    client = Client()
    client.force_login(UserFactory())

    response = client.get(f"/methods/{path.stem}/")

    assert response.status_code == 200
    assert "](" not in response.content.decode()


@pytest.mark.parametrize(
    "path", sorted((settings.BASE_DIR / "docs" / "methods").glob("*.md")), ids=lambda path: path.stem
)
def test_every_method_is_written_in_chinese_too_with_the_figures_of_the_english_page(path):
    found, english = method(path.stem, "zh-hans"), method(path.stem, "en")

    assert found.language == "zh-hans"
    assert found.title.split()[0] == english.title.split()[0] or not path.stem.startswith("M")
    assert ("<code>" in found.figures) is ("```pycon" in path.read_text(encoding="utf-8"))
    assert not english.figures


@pytest.mark.django_db
def test_the_page_speaks_the_readers_language():
    client = Client()
    client.force_login(UserFactory(language="zh-hans"))

    page = client.get("/methods/M04/", headers={"accept-language": "zh-hans"}).content.decode()

    assert "四个象限及其政策" in page
    assert 'lang="zh-hans"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["M99", "..%2F..%2FREADME", "M03.md"])
def test_what_is_not_written_is_not_there(code):
    client = Client()
    client.force_login(UserFactory())

    assert client.get(f"/methods/{code}/").status_code == 404


def test_forms_become_html_and_everything_else_is_escaped():
    text = "## A <b>\n\nSay **so** with `a < b`.\n\n- one\n- [two](M01.md)\n"
    text += "\n| a | b |\n|-|-|\n| 1 | 2 |\n\n```\nx < y\n```"

    html = html_of(text, link=lambda target: f"/methods/{target.removesuffix('.md')}/")

    assert "<h3>A &lt;b&gt;</h3>" in html
    assert "<p>Say <b>so</b> with <code>a &lt; b</code>.</p>" in html
    assert '<ul><li>one</li><li><a href="/methods/M01/">two</a></li></ul>' in html
    assert "<td>1</td><td>2</td>" in html
    assert '<pre tabindex="0"><code>x &lt; y</code></pre>' in html
