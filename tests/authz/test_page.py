"""The page about access says what the matrix says."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from kcrm.management.commands.render_access import rendered


def test_the_page_is_the_matrix():
    assert Path(settings.BASE_DIR, "docs", "access.md").read_text(encoding="utf-8") == rendered()
