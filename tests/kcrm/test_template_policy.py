"""What no template may contain: inline scripts and styles, words without a translation, unnamed variables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(
    path for path in ROOT.rglob("*.html") if "emails" not in path.parts
)  # mail clients need inline styles
STYLES = sorted((Path(settings.BASE_DIR) / "static/css").rglob("*.css"))

SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|\shx-on|\bhx-vals\s*=\s*[\"']js:", re.IGNORECASE
)
COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
DATA = re.compile(r"<script[^>]*application/json.*?</script>|<kbd[^>]*>.*?</kbd>|<meta[^>]*>", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
ATTRIBUTE = re.compile(r"\s(?:aria-label|title|placeholder|alt|data-confirm)=\"([^\"]*)\"")
MARKUP = re.compile(r"<[^>]*>", re.DOTALL)
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}|[\u4e00-\u9fff]")
NAMES = {"XLSX", "CSV", "KCRM", "PNG", "QUICK", "Stop", "Esc"}


def relative(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_has_no_inline_script_or_style(path: Path) -> None:
    source = COMMENT.sub("", path.read_text())

    assert SCRIPT.findall(source) == []
    assert INLINE.findall(source) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_translates_its_words(path: Path) -> None:
    source = DATA.sub("", TRANSLATED.sub("", COMMENT.sub("", path.read_text())))
    source = TAG.sub("", source)
    words = [word for attribute in ATTRIBUTE.findall(source) for word in WORD.findall(attribute)]
    words += WORD.findall(re.sub(r"&\w+;", "", MARKUP.sub(" ", source)))

    assert [word for word in words if word not in NAMES] == []


@pytest.mark.parametrize("path", sorted((ROOT / "components").glob("*.html")), ids=relative)
def test_component_begins_with_its_variables(path: Path) -> None:
    assert path.read_text().startswith("{% comment %}")


@pytest.mark.parametrize("path", STYLES, ids=relative)
def test_style_sheets_take_colours_from_the_tokens(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    colours = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", source)

    assert colours == [] or path.name in {"tokens.css", "print.css"} or colours == ["#ffffff"]
