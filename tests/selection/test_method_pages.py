"""The examples in the method pages are true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

METHODS = Path(__file__).resolve().parents[2] / "docs" / "methods"
PAGES = sorted(path.name for path in METHODS.glob("*.md") if ">>>" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page_are_true(page):
    failed, tried = doctest.testfile(str(METHODS / page), module_relative=False, encoding="utf-8")

    assert tried
    assert not failed


def test_every_page_stands_in_the_index():
    index = (METHODS / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in METHODS.glob("*.md") if path.name != "README.md" and path.name not in index] == []


def figures_of(page: Path, heading: str) -> set[str]:
    """The figures under a heading, without the commas between thousands."""
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"{page}: no {heading}"
    without_links = re.sub(r"\]\([^)]*\)", "]", found[1])
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", without_links)))


@pytest.mark.parametrize("page", PAGES)
def test_the_chinese_page_has_the_same_worked_figures(page):
    assert figures_of(METHODS / "zh" / page, "算例") == figures_of(METHODS / page, "Worked figures")
