"""Small drawn things: icons, quadrants, tiers, sparklines, avatars, the body of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any, Final

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lucide import _render_icon as lucide_svg

from kcrm.lib import formats

register = template.Library()

QUADRANTS: Final = {
    "key": gettext_lazy("Key"),
    "develop": gettext_lazy("Key development"),
    "maintain": gettext_lazy("Maintenance"),
    "opportunistic": gettext_lazy("Opportunistic"),
}
SPARK_WIDTH: Final = 72
SPARK_HEIGHT: Final = 20
NO_LINE: Final = SafeString('<span class="undefined">–</span>')
_special = re.compile("[&<>\"']").search


class FigureEncoder(DjangoJSONEncoder):
    """JSON for drawings: a Decimal becomes a number, as a picture needs no more digits than a float has."""

    def default(self, o: Any) -> Any:
        """Decimals as floats, everything else as Django writes it."""
        return float(o) if isinstance(o, Decimal) else super().default(o)


@cache
def _icon(name: str, css: str) -> SafeString:
    attributes = {"class": f"icon {css}".strip(), "aria-hidden": "true", "stroke-width": "1.75"}
    drawn = lucide_svg(name, 16, **attributes)
    return mark_safe("".join(drawn.split("\n")))  # noqa: S308 - drawn by the icon library from our own words


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A lucide icon beside a word; hidden from screen readers, so the word must stand there."""
    return _icon(name, css)


@register.simple_tag
def quadrant(code: str | None, label: str = "") -> SafeString:
    """The quadrant of a customer as a tag with its own shape; an unknown code is "not scored"."""
    if code not in QUADRANTS:
        return format_html('<span class="tag quadrant quadrant-none">{}</span>', label or _("not scored"))
    return format_html('<span class="tag quadrant quadrant-{}">{}</span>', code, label or QUADRANTS[code])


@register.simple_tag
def tier(rank: int | None, label: str) -> SafeString:
    """A tier as a tag with as many filled bars as it is high (3 the highest, 0 none)."""
    return format_html('<span class="tag tier tier-{}">{}</span>', max(0, min(3, rank or 0)), label)


def _line(values: Sequence[float]) -> tuple[str, float, float]:
    """The points of the line, and where it ends."""
    low, high = min(values), max(values)
    scale = (SPARK_HEIGHT - 4) / (high - low or 1)
    step = SPARK_WIDTH / (len(values) - 1)
    floor = SPARK_HEIGHT - 2
    points = [(round(index * step, 1), round(floor - (value - low) * scale, 1)) for index, value in enumerate(values)]
    return " ".join([f"{x},{y}" for x, y in points]), *points[-1]


@register.simple_tag
def sparkline(values: Sequence[Any] | None, css: str = "") -> SafeString:
    """A word-sized line of figures in time; fewer than two figures draw nothing but a dash."""
    known = [float(value) for value in values if value is not None] if values else ()
    if len(known) < 2:
        return NO_LINE
    line, x, y = _line(known)
    label = _("from %(first)s to %(last)s") % {
        "first": formats.compact(known[0]),
        "last": formats.compact(known[-1]),
    }
    return mark_safe(  # noqa: S308 - the figures are ours, the words are escaped
        f'<svg class="spark {escape(css)}" viewBox="0 0 72 20" role="img" aria-label="{escape(label)}">'
        f'<polyline points="{line}"/><circle cx="{x}" cy="{y}" r="2"/></svg>'
    )


@register.simple_tag
def share_bar(fraction: Any) -> SafeString:
    """A share between 0 and 1 as a small bar; write the figure beside it."""
    width = round(max(0.0, min(1.0, float(fraction or 0))) * 64, 1)
    return format_html(
        '<svg class="share-bar" viewBox="0 0 64 6" aria-hidden="true"><rect width="{}" height="6" rx="3"/></svg>', width
    )


@register.simple_tag
def avatar(person: Any, css: str = "") -> SafeString:
    """The initials of a person (anything with `initials`), with the name on hover."""
    return format_html(
        '<span class="avatar {}" title="{}" aria-hidden="true">{}</span>',
        css,
        person,
        person.initials if person else "?",
    )


def _escaped(text: Any) -> str:
    """The text as HTML. `conditional_escape` does the same, but looks for lazy texts: ten times the cost in a list."""
    if type(text) is str:
        return escape(text) if _special(text) else text  # most texts of a table have nothing to escape
    return text if hasattr(text, "__html__") else escape(str(text))


@register.simple_tag
def table_body(table: Any) -> SafeString:
    """All rows of a list in one pass; several times faster than a template loop over cells.

    A cell is a tuple of html (escaped unless safe), css, href, sub. The first cell names the row for its tick box.
    """
    ticks = table.key if table.bulk_actions else ""
    drawn: dict[int, str] = {}  # a page repeats many cells: the same object is the same markup
    rows = []
    for row in table.rows:
        parts = [_row_opening(row, ticks)]
        for cell in row.cells:
            markup = drawn.get(id(cell))
            if markup is None:
                markup = drawn[id(cell)] = _cell(cell)
            parts.append(markup)
        if ticks:
            parts[1] = _cell(row.cells[0], f' id="row-{_escaped(row.id)}"')
        rows.append("".join(parts))
    return SafeString("</tr>".join([*rows, ""]))  # every part is escaped by those who draw it


def _row_opening(row: Any, ticks: str) -> str:
    """The beginning of a row, with the box that ticks it where the list has such."""
    css, checked = (' class="is-selected"', " checked") if row.selected else ("", "")
    if not ticks:
        return f"<tr{css}>"
    number = _escaped(row.id)
    return (
        f'<tr{css}><td class="check"><label><input type="checkbox" name="ids" value="{number}" form="bulk-{ticks}"'
        f' aria-labelledby="row-{number}"{checked}></label></td>'
    )


def _cell(cell: tuple[Any, str, str, str], name: str = "") -> str:
    """A cell of html (escaped unless safe), css, href and sub; `name` is the attribute that other elements refer to."""
    html, css, href, sub = cell
    text = _escaped(html)
    if href:
        text = f'<a href="{_escaped(href)}"{name}>{text}</a>'
    elif name:
        text = f"<span{name}>{text}</span>"
    below = f'<div class="sub">{_escaped(sub)}</div>' if sub else ""
    return f'<td class="{_escaped(css)}">{text}{below}</td>' if css else f"<td>{text}{below}</td>"


@register.simple_tag
def table_foot(table: Any) -> SafeString:
    """The totals of a list under its columns; nothing where it has none."""
    if not getattr(table, "totals", None):
        return SafeString()
    cells = []
    for number, cell in enumerate(table.totals):
        text = cell.html if number or cell.html else _("Total of %(rows)s") % {"rows": table.summary}
        cells.append(f'<td class="{_escaped(cell.css)}">' if cell.css else "<td>")
        cells.append(f"{_escaped(text)}</td>")
    first = "<td></td>" if table.bulk_actions else ""
    return mark_safe(f"<tfoot><tr>{first}{''.join(cells)}</tr></tfoot>")  # noqa: S308 - every part is escaped above


@register.simple_tag
def chart_data(chart: Any) -> SafeString:
    """The description of a chart for its script, as data that a browser never runs."""
    return json_script(_of(chart, "spec"), f"{_of(chart, 'id')}-data", encoder=FigureEncoder)


@register.simple_tag
def figure_table(table: Any) -> SafeString:
    """A small table of figures: `columns` [{label, numeric}], `rows` of cells (escaped unless safe), row head first."""
    columns = list(_of(table, "columns"))
    css = [' class="num"' if _of(column, "numeric") else "" for column in columns]
    head = "".join(
        f'<th scope="col"{kind}>{_escaped(_of(column, "label"))}</th>'
        for kind, column in zip(css, columns, strict=True)
    )
    body = []
    for first, *others in _of(table, "rows"):
        cells = "".join(f"<td{kind}>{_escaped(cell)}</td>" for kind, cell in zip(css[1:], others, strict=True))
        body.append(f'<tr><th scope="row"{css[0]}>{_escaped(first)}</th>{cells}</tr>')
    return mark_safe(  # noqa: S308 - every part is escaped above
        f'<table class="table table-small"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'
    )


def _of(thing: Any, name: str) -> Any:
    return thing[name] if isinstance(thing, dict) else getattr(thing, name)
