"""Small drawn things."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.template import Context, Template
from django.utils.safestring import mark_safe

from kcrm.lib.tables.columns import Cell
from kcrm.templatetags import formats as format_tags
from kcrm.templatetags import interface


def drawn(source: str, **context: Any) -> str:
    return Template("{% load formats interface %}" + source).render(Context(context))


def test_quadrant_has_its_own_class_and_word() -> None:
    assert interface.quadrant("develop") == '<span class="tag quadrant quadrant-develop">Key development</span>'


def test_quadrant_that_nobody_scored_says_so() -> None:
    assert interface.quadrant(None) == '<span class="tag quadrant quadrant-none">not scored</span>'


def test_icon_is_hidden_from_screen_readers() -> None:
    icon = interface.icon("bell")

    assert 'aria-hidden="true"' in icon
    assert 'class="icon"' in icon


def test_sparkline_says_where_it_begins_and_ends() -> None:
    line = interface.sparkline([12, 30, 45])

    assert 'aria-label="from 12 to 45"' in line
    assert 'points="0.0,18.0 36.0,9.3 72.0,2.0"' in line


def test_sparkline_of_one_figure_is_a_dash() -> None:
    assert interface.sparkline([12, None]) == '<span class="undefined">–</span>'


def test_change_is_coloured_by_what_is_good() -> None:
    assert format_tags.change(Decimal("2.01")) == '<span class="up">+201\u00a0%</span>'
    assert format_tags.change(Decimal("2.01"), better="down") == '<span class="down">+201\u00a0%</span>'
    assert format_tags.change(Decimal(0)) == '<span class="muted">0\u00a0%</span>'
    assert format_tags.change(None) == '<span class="undefined">not defined</span>'


def test_filters_read_as_in_the_documentation() -> None:
    text = drawn(
        '{{ a|number:2 }} {{ b|percent }} {{ a|money:"USD" }} {{ a|whole_money:"USD" }}', a=Decimal("82741.5"), b=0.37
    )

    assert text == "82,741.50 37.0\u00a0% $82,741.50 $82,742"


def row(number: int, *cells: Cell, selected: bool = False) -> SimpleNamespace:
    return SimpleNamespace(id=number, cells=cells, selected=selected)


def table(*rows: SimpleNamespace, bulk_actions: tuple[Any, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(key="customers", rows=rows, bulk_actions=bulk_actions)


def test_table_body_escapes_what_is_not_safe() -> None:
    body = interface.table_body(
        table(row(7, Cell("<b>A & B</b>", "num", "/x?a=1&b=2", "<i>"), Cell(mark_safe("<b>x</b>"))))
    )

    assert body == (
        '<tr><td class="num"><a href="/x?a=1&amp;b=2">&lt;b&gt;A &amp; B&lt;/b&gt;</a>'
        '<div class="sub">&lt;i&gt;</div></td><td><b>x</b></td></tr>'
    )


def test_table_body_names_each_tick_box_by_its_row() -> None:
    body = interface.table_body(table(row(7, Cell("QUICK-Stop", href="/7"), selected=True), bulk_actions=("move",)))

    assert 'aria-labelledby="row-7" checked' in body
    assert '<a href="/7" id="row-7">QUICK-Stop</a>' in body
    assert body.startswith('<tr class="is-selected">')


def test_chart_data_writes_decimals_as_numbers_and_cannot_end_its_script() -> None:
    data = interface.chart_data({"id": "c", "spec": {"y": Decimal("0.5"), "name": "</script>"}})

    inner = re.search(r">(.*)</script>$", data)
    assert inner is not None
    assert "</script>" not in inner[1]
    assert json.loads(inner[1]) == {"y": 0.5, "name": "</script>"}


def test_figure_table_sets_figures_flush_right() -> None:
    figures = {
        "columns": [{"label": "Step", "numeric": False}, {"label": "Share", "numeric": True}],
        "rows": [["List", "1 <"]],
    }

    assert interface.figure_table(figures) == (
        '<table class="table table-small"><thead><tr><th scope="col">Step</th><th scope="col" class="num">Share</th>'
        '</tr></thead><tbody><tr><th scope="row">List</th><td class="num">1 &lt;</td></tr></tbody></table>'
    )
