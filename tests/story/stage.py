"""Somebody at a screen: opens the first page as a person, and from there on only clicks and types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.running import run_jobs


@dataclass
class Screen:
    """One person's browser; `keys` and `clicks` count what the person did."""

    page: Page
    keys: int = 0
    clicks: int = 0
    visited: list[str] = field(default_factory=list)

    def click(self, words: str | re.Pattern[str], *, role: str = "link", within: str = "main") -> None:
        """Click the first thing of this name."""
        self.page.locator(within).get_by_role(role, name=words).first.click()
        self.arrived()

    def press(self, words: str) -> None:
        """Push a button, and say yes where it asks."""
        self.click(words, role="button")

    def go(self, words: str) -> None:
        """Choose from the navigation."""
        self.click(words, within="nav.side")

    def arrived(self) -> None:
        """Wait for what the click brought, and hold it to being a page."""
        self.clicks += 1
        self.page.wait_for_load_state("load")
        self.visited.append(self.page.url)
        assert not self.page.complaints, (self.page.url, self.page.complaints)

    def type(self, *keys: str) -> None:
        """Strike keys."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def fill(self, label: str, words: str) -> None:
        """Fill the field of this label."""
        self.page.get_by_label(label, exact=False).first.fill(words)

    def tick_by_name(self, group: str, names: Sequence[str]) -> None:
        """Tick names of a list: by the box above it, with the keyboard alone, where it is long enough to have one."""
        fieldset = self.page.get_by_role("group", name=group)
        find = fieldset.get_by_role("searchbox")
        for name in names:
            if find.count():
                find.fill(name)
                find.press("Enter")
            else:
                fieldset.get_by_label(name).check()
        chosen = fieldset.locator("input:checked")
        assert chosen.count() == len(names)

    def text(self, selector: str = "main") -> str:
        """What stands there."""
        return self.page.locator(selector).inner_text()


class Stage:
    """The demo company's people at their screens, and the worker behind them."""

    def __init__(self, open_page: OpenPage) -> None:
        self.open_page = open_page
        self.screens: dict[str, Screen] = {}

    def at(self, who: str) -> Screen:
        """The screen of this person, opened once at the first page after the sign-in."""
        if who not in self.screens:
            page = self.open_page("/", by=User.objects.get(email__startswith=who))
            page.on("dialog", lambda dialog: dialog.accept())
            self.screens[who] = Screen(page)
        return self.screens[who]

    def home(self, who: str) -> Screen:
        """This person begins a day: the first page anew."""
        screen = self.at(who)
        screen.page.locator("a.brand").first.click()
        screen.arrived()
        return screen

    @staticmethod
    def work() -> None:
        """The worker does what waits, at once instead of within the minute."""
        run_jobs()
