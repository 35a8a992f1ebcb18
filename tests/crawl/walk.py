"""Walks from link to link, one page of each kind, and looks for what nobody should meet."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooSlow

# Files, the REST documentation, and what would end the walk.
NOT_PAGES: Final = re.compile(
    r"^/(api/|static/|media/|accounts/logout|accounts/login)|/(export|download|templates|file)(/|$)|\.[a-z]{3,4}$"
)
KEY: Final = re.compile(r"(?<=/)(\d+|[0-9a-f-]{36})(?=/)")
LINKS: Final = "[...document.querySelectorAll('a[href^=\"/\"]')].map(link => link.getAttribute('href'))"
WIDTH: Final = "document.documentElement.scrollWidth"
RULES: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {"landmark-unique": {"enabled": True}},  # beyond it: regions are told apart by their names
}
SECONDS: Final = 20


@dataclass
class Walk:
    """One walk by one person: `faults` tells by path what was wrong there."""

    page: Page
    address: str
    examined: set[str]
    pictures: Path | None = None
    seen: set[str] = field(default_factory=set)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def from_start(self) -> int:
        """Walks everything that links reach from the first page; returns the number of pages."""
        ahead, pages = deque([("/", "")]), 0
        self.seen.add("/")
        while ahead:
            path, where = ahead.popleft()
            found = list(self._open(path))
            if found:
                self.faults[path] = [*found, f"linked from {where}"]
            pages += 1
            for link in self.page.evaluate(LINKS):
                bare = urlsplit(link).path
                if NOT_PAGES.search(bare) or (kind := kind_of(bare)) in self.seen:
                    continue
                self.seen.add(kind)
                ahead.append((link.split("#")[0], path))
        return pages

    def _open(self, path: str) -> Iterator[str]:
        self.page.complaints.clear()
        try:
            answer = self.page.goto(self.address + path, wait_until="load", timeout=SECONDS * 1000)
        except TooSlow:
            yield f"not there within {SECONDS} s"
            return
        if answer is not None and answer.status >= 400:
            yield f"a link leads to {answer.status}"
        yield from self.page.complaints
        if (width := self.page.evaluate(WIDTH)) > self.page.viewport_size["width"]:
            yield f"{width} pixels wide"
        kind = kind_of(urlsplit(path).path)
        if self.pictures:
            self.page.screenshot(
                path=self.pictures / f"{len(self.seen):03}{kind.replace('/', '_')[:80]}.png", full_page=True
            )
        if kind not in self.examined:
            self.examined.add(kind)
            rules = Axe().run(self.page, options=RULES).response["violations"]
            yield from (f"{rule['id']}: {node['html'][:160]}" for rule in rules for node in rule["nodes"])


def kind_of(path: str) -> str:
    """A path without its keys: one page of each kind is enough."""
    return KEY.sub("0", path)
