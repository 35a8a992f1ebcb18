"""Every component in both themes and languages, wide and narrow, without a fault that axe or the console finds."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.conftest import NARROW, WIDE, OpenPage

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page: Page) -> list[str]:
    """What axe finds wrong, one line a node."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def speak(user: User, language: str) -> User:
    """The same person in another language."""
    user.language = language
    user.save()
    return user


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "language"), [(WIDE, "en"), (NARROW, "zh-hans")])
def test_components_are_accessible(
    open_page: OpenPage, director: User, scheme: str, size: dict[str, int], language: str
) -> None:
    page = open_page(
        "/styleguide/?toast=1",
        by=speak(director, language),
        size=size,
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce",
    )

    assert faults(page) == []
    assert page.complaints == []


def test_open_menus_and_dialogs_are_accessible(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director, reduced_motion="reduce")

    page.locator(".page-actions .menu summary").click()
    menu = faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    dialog = faults(page)

    assert (menu, dialog) == ([], [])


def test_drawer_is_accessible(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director, size=NARROW, reduced_motion="reduce")

    page.locator(".top-menu-button").click()

    assert page.locator("#navigation").is_visible()
    assert faults(page) == []


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1440, 2560, 3840])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, director: User, width: int) -> None:
    page = open_page("/styleguide/", by=director, size={"width": width, "height": 900})

    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_pages_before_the_door_are_accessible(open_page: OpenPage, path: str) -> None:
    page = open_page(path)

    assert faults(page) == []
    assert page.complaints == []


@pytest.mark.parametrize(
    "path", ["/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/", "/accounts/3rdparty/"]
)
def test_account_pages_are_accessible(open_page: OpenPage, director: User, path: str) -> None:
    page = open_page(path, by=director)

    assert faults(page) == []
    assert page.complaints == []


def test_pages_work_without_a_script(open_page: OpenPage, director: User) -> None:
    page: Any = open_page("/styleguide/", by=director, java_script_enabled=False, size=NARROW)

    page.locator(".top-menu-button").click()
    assert page.locator("#navigation").is_visible()
    page.keyboard.press("Escape")
    page.locator(".page-actions .menu summary").click()

    assert page.locator(".page-actions .menu-panel").is_visible()
    assert page.locator("#matrix").is_hidden()
