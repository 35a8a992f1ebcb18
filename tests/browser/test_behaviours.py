"""What the page does under the hand: shortcuts, brightness, selection, guards, charts."""

from __future__ import annotations

from accounts.models import User
from tests.browser.conftest import OpenPage


def test_question_mark_lists_the_shortcuts(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)

    page.keyboard.press("?")

    assert page.locator("#shortcuts").is_visible()


def test_ticked_rows_open_the_bulk_bar(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)
    bar = page.locator("[data-bulk]").first

    page.locator("tbody input[name=ids]").nth(0).check()
    page.locator("tbody input[name=ids]").nth(2).click(modifiers=["Shift"])

    assert bar.is_visible()
    assert bar.locator("[data-bulk-count]").inner_text() == "3 selected"


def test_narrow_rows_are_remembered(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)

    page.locator("[data-density]").first.click()
    page.reload()

    assert page.locator("html").get_attribute("data-density") == "compact"


def test_unsaved_work_is_not_left_silently(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.locator("#id_name").fill("QUICK-Stop")
    page.goto(page.url + "?again=1")

    assert asked == ["beforeunload"]


def test_charts_are_drawn_in_the_colours_of_the_theme(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director, color_scheme="light")
    bars = page.locator("#steps svg path[fill='#2f55d4']")
    before = bars.count()

    page.emulate_media(color_scheme="dark")
    page.locator("#steps svg path[fill='#8fa9ff']").first.wait_for(state="attached")

    assert (before > 0, bars.count()) == (True, 0)


def test_chart_can_be_taken_as_a_picture(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)

    page.locator("#steps-title ~ .card-tools summary").click()
    with page.expect_download() as download:
        page.locator("[data-chart-png=steps]").click()

    assert download.value.suggested_filename.endswith(".png")


def test_request_that_fails_says_so_in_a_sentence(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)
    page.route("**/styleguide/?o=**", lambda route: route.abort())

    page.locator("a.sort").first.click()

    assert page.locator(".toast-error").first.inner_text().startswith("No connection.")


def test_figure_explains_itself_beside_the_page(open_page: OpenPage, director: User) -> None:
    page = open_page("/styleguide/", by=director)

    page.locator("a[data-sheet]").first.click()
    page.locator("#sheet .facts").wait_for()

    assert page.locator("#sheet-title").inner_text() == "Net sales, 12 months"
    assert "$82,741.18" in page.locator("#sheet-body").inner_text()
    assert page.locator("#sheet-page").get_attribute("href").endswith("?figure=sales")
