"""The few forms of Markdown that our own method pages use, as HTML: nothing from outside ever comes through here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Final

INLINE: Final = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<![*\w])\*([^*]+)\*(?!\w)"), r"<i>\1</i>"),
)
LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
HEADING: Final = re.compile(r"(#{1,4}) (.+)")


def html_of(text: str, *, link: Callable[[str], str]) -> str:
    """The page as HTML. Headings, paragraphs, lists, tables and fenced code; everything else is text.

    `link` turns the target of a link into an address; one that it answers with "" stays words.
    """
    return "\n".join(_blocks(text.splitlines(), link))


def title_of(text: str) -> str:
    """The first heading."""
    found = HEADING.match(text)
    return found.group(2) if found else ""


def _blocks(lines: list[str], link: Callable[[str], str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        if line.startswith("```"):
            while end < len(lines) and not lines[end].startswith("```"):
                end += 1
            yield f'<pre tabindex="0"><code>{escape(chr(10).join(lines[at + 1 : end]))}</code></pre>'
            end += 1
        elif heading := HEADING.match(line):
            level = len(heading.group(1)) + 1
            yield f"<h{level}>{_inline(heading.group(2), link)}</h{level}>"
        elif line.startswith("|"):
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            yield _table(lines[at:end], link)
        elif line.startswith("- "):
            while end < len(lines) and lines[end].startswith("- "):
                end += 1
            items = "".join(f"<li>{_inline(one[2:], link)}</li>" for one in lines[at:end])
            yield f"<ul>{items}</ul>"
        elif line.strip():
            while end < len(lines) and lines[end].strip() and not lines[end].startswith(("|", "- ", "#", "```")):
                end += 1
            yield f"<p>{_inline(' '.join(lines[at:end]), link)}</p>"
        at = end


def _table(lines: list[str], link: Callable[[str], str]) -> str:
    head, _rule, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    titles = "".join(f'<th scope="col">{_inline(cell, link)}</th>' for cell in head)
    rows = "".join(f"<tr>{''.join(f'<td>{_inline(cell, link)}</td>' for cell in row)}</tr>" for row in body)
    return (
        '<div class="table-frame" role="group" tabindex="0"><table class="table">'
        f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _inline(text: str, link: Callable[[str], str]) -> str:
    shown = escape(text, quote=False)
    for pattern, form in INLINE:
        shown = pattern.sub(form, shown)

    def anchor(found: re.Match[str]) -> str:
        address = link(found.group(2))
        return f'<a href="{escape(address)}">{found.group(1)}</a>' if address else found.group(1)

    return LINK.sub(anchor, shown)
