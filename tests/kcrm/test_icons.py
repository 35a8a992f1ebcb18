"""Every icon that a template or a module names exists: a missing one is a broken page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from lucide import _load_icon

ROOT = Path(settings.BASE_DIR)
NAMED = re.compile(
    r"""\{%\s*(?:icon|lucide)\s+["']([\w-]+)["']|\b(?:icon|icon_name)=["']([\w-]+)["']|"icon": "([\w-]+)\""""
)
TABLES = re.compile(r"^[A-Z_]*ICONS\b[^\n]*= \{(.*?)^\}", re.DOTALL | re.MULTILINE)
VALUE = re.compile(r': \(?"([\w-]+)"')  # an icon, or an icon and a colour


def named_icons() -> list[str]:
    """The names that stand in templates and Python files."""
    places = [*(ROOT / "templates").rglob("*.html"), *ROOT.glob("[a-z]*/**/*.py")]
    texts = [path.read_text("utf-8") for path in places if not {"node_modules", "tests"} & set(path.parts)]
    named = {name for text in texts for found in NAMED.findall(text) for name in found if name}
    return sorted(named | {name for text in texts for table in TABLES.findall(text) for name in VALUE.findall(table)})


@pytest.mark.parametrize("name", named_icons())
def test_the_icon_exists(name: str) -> None:
    assert _load_icon(name) is not None
