"""Every icon that a template or a module names exists: a missing one is a broken page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from lucide import _load_icon

ROOT = Path(settings.BASE_DIR)
NAMED = re.compile(r"""\{%\s*(?:icon|lucide)\s+["']([\w-]+)["']|\bicon=["']([\w-]+)["']""")


def named_icons() -> list[str]:
    """The names that stand in templates and Python files."""
    places = [*(ROOT / "templates").rglob("*.html"), *ROOT.glob("[a-z]*/**/*.py")]
    texts = (path.read_text("utf-8") for path in places if "node_modules" not in path.parts)
    return sorted({first or second for text in texts for first, second in NAMED.findall(text)})


@pytest.mark.parametrize("name", named_icons())
def test_the_icon_exists(name: str) -> None:
    assert _load_icon(name) is not None
