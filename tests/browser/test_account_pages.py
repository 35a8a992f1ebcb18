"""Signing in and looking after one's own security, in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.factories.accounts import PASSWORD, UserFactory


@pytest.fixture
def person(transactional_db: None) -> User:
    """Somebody with a password."""
    return UserFactory(language="en")


def sign_in(page: Page, person: User) -> None:
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def faults(page: Page) -> list[str]:
    """The rules of axe that the page breaks."""
    return [rule["id"] for rule in Axe().run(page).response["violations"]] + page.complaints


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/logout/",
    ],
)
def test_page_is_accessible_after_a_real_sign_in(open_page: OpenPage, person: User, path: str) -> None:
    page = open_page("/accounts/login/?next=/settings/")
    sign_in(page, person)

    page.goto(page.url.replace("/settings/", path), wait_until="networkidle")

    assert page.url.endswith(path)
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"])
def test_protected_page_asks_once_more_who_it_is(open_page: OpenPage, person: User, path: str) -> None:
    page = open_page("/accounts/login/?next=/settings/")
    sign_in(page, person)

    page.goto(page.url.replace("/settings/", path), wait_until="networkidle")
    page.get_by_role("heading", name="Is it still you?").wait_for()
    asked = faults(page)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(f"**{path}")

    assert (asked, faults(page)) == ([], [])


def test_wrong_password_is_said_in_a_sentence_and_keeps_the_address(open_page: OpenPage, person: User) -> None:
    page = open_page("/accounts/login/")

    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password", exact=False).first.fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()

    assert page.get_by_role("alert").inner_text() != ""
    assert page.get_by_label("Email").input_value() == person.email


def test_brightness_is_kept_before_and_after_the_door(open_page: OpenPage, person: User) -> None:
    page = open_page("/accounts/login/?next=/settings/", color_scheme="light")

    page.get_by_role("button", name="Dark").click()
    page.wait_for_load_state("networkidle")
    before = page.locator("html").get_attribute("data-theme")
    page.reload()
    kept = page.locator("html").get_attribute("data-theme")

    assert (before, kept) == ("dark", "dark")


def test_language_is_changed_where_it_is_spoken(open_page: OpenPage, person: User) -> None:
    page = open_page("/accounts/login/", locale="en")

    page.get_by_role("button", name="简体中文").click()

    page.get_by_role("heading", name="登录").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
