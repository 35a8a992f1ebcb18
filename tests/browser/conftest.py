"""A real browser against a real server, for what only a browser can tell."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from accounts.signals import SIGNED_IN_AT
from kcrm.embedded.bootstrap import data_folder
from kcrm.embedded.browser import find_chromium

WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    # playwright keeps an event loop in this thread; the tests themselves are not asynchronous
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = find_chromium(data_folder())
    assert program, "No Chromium: run the suite with bin/test, which gets one."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Opens a path as somebody; what the browser complained about is in `page.complaints`."""
    contexts = []

    def opened(path: str, *, by: User | None = None, size: dict[str, int] = WIDE, **choices: Any) -> Page:
        context = browser.new_context(viewport=size, **choices)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if by:
            context.add_cookies([{"name": "sessionid", "value": session_of(by), "url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.goto(live_server.url + path, wait_until="networkidle")
        assert page.url == live_server.url + path
        return page

    yield opened
    for context in contexts:
        context.close()


def session_of(user: User) -> str:
    """The key of a new session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SIGNED_IN_AT] = int(time.time())
    session.create()
    return session.session_key


@pytest.fixture
def director(transactional_db: None) -> User:
    """Somebody who sees most of the navigation."""
    return User.objects.create_user(
        "director@example.com", "a long enough one", full_name="Dora Dirks", roles=["director"]
    )
