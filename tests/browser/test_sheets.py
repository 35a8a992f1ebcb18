"""The score sheet beats a spreadsheet: typed, pasted and taken back by keyboard alone, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from selection.models import SheetScore
from selection.services.sheets import Cell, save_cells
from tests.selection.rounds import KEYS, table

pytestmark = pytest.mark.django_db(transaction=True)


def kept(at, rater):
    return {
        (at.customers.index(cell.customer), cell.factor_key): cell.text
        for cell in SheetScore.objects.filter(rater=rater).select_related("customer")
    }


def test_a_sheet_is_filled_pasted_undone_and_saved_by_keyboard_alone(open_page):
    at = table(customers=5, keys=KEYS)
    rater = at.raters[0]
    page = open_page(reverse("selection:sheet", args=[at.round.pk]), by=rater)
    first = page.locator("input[data-cell]").first
    first.focus()

    for column in range(6):
        for row in range(5):
            page.keyboard.type(str(1 + (row + column) % 10))
            page.keyboard.press("Enter")
    page.get_by_text("all kept").wait_for()
    assert len(kept(at, rater)) == 30
    assert kept(at, rater)[4, "openness"] == "10"
    assert page.locator("#sheet-left").inner_text() == "Every cell is answered."
    assert page.locator("[data-total]").first.inner_text() == "3.40"

    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "9\\t?\\n8,5\\t10\\n");
            const paste = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
        }"""
    )
    page.get_by_text("all kept").wait_for()
    found = kept(at, rater)
    assert [found[1, "access"], found[1, "growth"], found[2, "access"], found[2, "growth"]] == ["9", "?", "8.5", "10"]

    page.keyboard.press("Control+z")
    page.get_by_text("all kept").wait_for()
    assert [kept(at, rater)[1, "access"], kept(at, rater)[2, "growth"]] == ["3", "5"]
    assert page.complaints == []


def test_a_stale_cell_keeps_both_numbers_until_one_is_chosen(open_page):
    at = table(customers=5, keys=KEYS)
    rater = at.raters[0]
    page = open_page(reverse("selection:sheet", args=[at.round.pk]), by=rater)
    save_cells(round_id=at.round.pk, cells=[Cell(at.customers[0].pk, "fit", "4", 0)], by=rater)
    first = page.locator("input[data-cell]").first
    first.focus()

    page.keyboard.type("9")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.get_by_text("elsewhere: 4").wait_for()
    assert first.input_value() == "9"
    assert kept(at, rater) == {(0, "fit"): "4", (0, "access"): "2"}

    page.get_by_role("button", name="keep mine").press("Enter")
    page.get_by_text("all kept").wait_for()
    assert kept(at, rater)[0, "fit"] == "9"


def test_what_could_not_be_sent_is_still_there_after_the_page_was_lost(open_page):
    at = table(customers=2, keys=KEYS)
    rater = at.raters[0]
    path = reverse("selection:sheet", args=[at.round.pk])
    page = open_page(path, by=rater)
    page.context.set_offline(True)
    page.locator("input[data-cell]").first.fill("7")
    page.get_by_text("no line").wait_for()
    assert kept(at, rater) == {}

    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_text("all kept").wait_for()

    assert kept(at, rater) == {(0, "fit"): "7"}
