"""The operations page names every variable that production reads."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READ = re.compile(r"\b(?:required|text|flag|number|items|path)\(\s*\"([A-Z][A-Z_]+)\"")


def test_every_variable_is_explained() -> None:
    sources = [*(ROOT / "kcrm" / "settings").glob("*.py")]
    read = {name for path in sources if path.name != "dev.py" for name in READ.findall(path.read_text())}
    page = (ROOT / "docs" / "operations.md").read_text()

    # "`KCRM_EMAIL_HOST`, `_PORT`" names KCRM_EMAIL_PORT too.
    explained = set(re.findall(r"`([A-Z][A-Z_]+)`", page))
    for line in page.splitlines():
        first = re.search(r"`(KCRM_[A-Z]+)_[A-Z]+`", line)
        if first:
            explained |= {first[1] + ending for ending in re.findall(r"`(_[A-Z_]+)`", line)}

    assert read > {"KCRM_SECRET_KEY", "DATABASE_URL"}
    assert read - explained == set()
