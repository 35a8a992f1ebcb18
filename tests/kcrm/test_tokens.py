"""The colours: both dark blocks alike, every text readable on every ground it stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
GROUNDS = ("page", "surface", "surface-2", "accent-soft")
TEXTS = (
    "text",
    "text-2",
    "text-3",
    "accent",
    "good",
    "warn",
    "bad",
    "key-ink",
    "develop-ink",
    "maintain-ink",
    "opportunistic-ink",
)
PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS] + [
    ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("bad-strong", "bad-soft"),
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-bad", "bad"), ("on-bad", "bad-strong"),
    ("text", "warn-soft"), ("text", "bad-soft"), ("text", "good-soft"),
]  # fmt: skip
SHAPES = ("key", "develop", "maintain", "opportunistic", "accent", "line-3", *(f"series-{n}" for n in range(1, 8)))


def block(selector: str) -> dict[str, str]:
    """The colours that one block of tokens.css sets."""
    body = CSS.split(f"{selector} {{\n", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


LIGHT, DARK = block(":root"), block(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21


def test_dark_by_choice_is_dark_by_device() -> None:
    assert block(':root:not([data-theme="light"])') == DARK


def test_every_colour_has_a_dark_twin() -> None:
    assert {name for name, value in LIGHT.items() if value.startswith(("#", "rgb"))} == {
        name for name, value in DARK.items() if value.startswith(("#", "rgb"))
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_and_borders_of_controls_are_seen(theme: dict[str, str], shape: str) -> None:
    assert contrast(theme[shape], theme["surface"]) >= 3
