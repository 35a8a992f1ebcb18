"""The corpus has all 66 cases."""

from __future__ import annotations

import re
from pathlib import Path


def test_every_number_from_1_to_66_has_a_case() -> None:
    words = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))
    named = {int(number) for number in re.findall(r'"(\d{1,2}) [^"\n]{2,}"', words)}
    tested = {
        int(number) for names in re.findall(r"def test_((?:\d+_|and_)+)", words) for number in re.findall(r"\d+", names)
    }

    assert sorted(set(range(1, 67)) - named - tested) == []
