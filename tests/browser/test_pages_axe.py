"""The pages that people live in, in both themes, without a fault that axe or the console finds."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.authz.seed import Seed, one_of_everything
from tests.browser.conftest import NARROW, WIDE, OpenPage

OF_MANAGER = (
    "/",
    "/customers/",
    "/customers/{customer}/",
    "/customers/{customer}/tabs/people/",
    "/customers/{customer}/tabs/history/",
    "/customers/{customer}/edit/",
    "/contacts/{contact}/",
    "/contacts/{contact}/privacy/",
    "/tasks/{task}/",
    "/portfolio/",
    "/portfolio/customers/",
    "/search/?q=Canary",
    "/imports/new/",
    "/selection/customers/{customer}/",
)
OF_OFFICE = (
    "/selection/matrix/",
    "/selection/grid/",
    "/selection/models/",
    "/selection/rounds/",
    "/selection/snapshots/{snapshot}/",
    "/selection/decisions/{decision}/",
    "/methods/",
)


@pytest.fixture
def seed(transactional_db: None) -> Seed:
    """One of everything."""
    return one_of_everything()


def faults(page: Page) -> list[str]:
    """What axe finds wrong, one line a node, and what the console says."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]] + page.complaints


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("theme", "size"), [("light", WIDE), ("dark", NARROW)])
def test_business_pages_are_accessible(open_page: OpenPage, seed: Seed, theme: str, size: dict[str, int]) -> None:
    keys = {name: record.pk for name, record in seed.records.items() if hasattr(record, "pk")}
    wrong = {}
    for person, paths in (("account_manager", OF_MANAGER), ("programme_office", OF_OFFICE)):
        page = open_page("/", by=seed.people[person], size=size, color_scheme=theme)
        home = page.url.rstrip("/")
        for path in paths:
            page.complaints.clear()
            page.goto(home + path.format(**keys), wait_until="networkidle")
            if found := faults(page):
                wrong[path] = found
    assert wrong == {}
