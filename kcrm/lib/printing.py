"""What every printed page needs: fonts that hold Latin and Chinese side by side."""

from __future__ import annotations

from typing import Final

CHINESE: Final = "STSong-Light"  # comes with every PDF reader; it lacks accented Latin letters
LATIN: Final = "Helvetica"
LATIN_END: Final = 0x2000


def mixed(text: str) -> str:
    """The text as a paragraph's markup, its Latin runs in the Latin font and its marks escaped."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")
    parts: list[str] = []
    start, latin = 0, True
    inside = False  # of a tag of ours
    for place, sign in enumerate(safe):
        if sign == "<":
            inside = True
        is_latin = inside or ord(sign) < LATIN_END
        if sign == ">":
            inside = False
        if is_latin != latin:
            parts.append(_run(safe[start:place], latin))
            start, latin = place, is_latin
    parts.append(_run(safe[start:], latin))
    return "".join(parts)


def _run(text: str, latin: bool) -> str:
    return f'<font name="{LATIN}">{text}</font>' if latin and text else text
