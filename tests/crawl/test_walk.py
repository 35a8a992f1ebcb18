"""Seven personas, two looks: no dead link, no page wider than the screen, nothing that axe or the console finds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from kcrm.demo.build import build_demo
from tests.browser.conftest import NARROW, WIDE, OpenPage, browser, open_page
from tests.crawl.walk import Walk
from tests.running import run_jobs

__all__ = ["browser", "open_page"]

PERSONAS = (
    "janet.leverling",
    "andrew.fuller",
    "laura.callahan",
    "hannah.sommer",
    "kofi.mensah",
    "ines.duarte",
    "li.wei",
)
LOOKS = {"wide-light-en": ("en", WIDE, "light"), "narrow-dark-zh": ("zh-hans", NARROW, "dark")}
FEWEST_PAGES = 40


@pytest.mark.crawl
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_for_every_persona(transactional_db: None, open_page: OpenPage, look: str) -> None:
    language, size, theme = LOOKS[look]
    build_demo(today=timezone.localdate())
    run_jobs()
    User.objects.update(language=language)
    examined: set[str] = set()
    wrong, counted = {}, {}
    for persona in PERSONAS:
        page = open_page("/", by=User.objects.get(email__startswith=persona), size=size, color_scheme=theme)
        walk = Walk(page, page.url.rstrip("/"), examined, pictures=_folder(look, persona))
        counted[persona] = walk.from_start()
        wrong.update({f"{persona} {path}": found for path, found in walk.faults.items()})
        page.context.close()
    print(look, counted, len(examined), "kinds of pages")  # noqa: T201 - the figures are the result
    for path, found in wrong.items():
        print(path, found)  # noqa: T201 - all of them, not the first few
    assert wrong == {}
    assert min(counted.values()) >= FEWEST_PAGES


def _folder(look: str, persona: str) -> Path | None:
    """Where pictures go, if KCRM_CRAWL_PICTURES names a folder."""
    if not (root := os.environ.get("KCRM_CRAWL_PICTURES")):
        return None
    folder = Path(root) / look / slugify(persona.split(".")[0])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
