"""How likely two records are one: keys to meet by, a score from 0 to 100, and the reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kcrm.lib import words

# Words that say what kind of company it is and not which one, beside the legal forms that `words.name_key` drops
_GENERIC: Final = frozenset(
    ("group", "holding", "holdings", "international", "intl", "the", "and", "gruppe", "groupe", "grupo")
)
_CHINESE_GENERIC: Final = re.compile("集团|股份|控股|有限责任|有限|总公司|分公司|公司")
_BRACKETS: Final = re.compile(r"[()（）\[\]【】]")
WEIGHTS: Final[Mapping[str, float]] = {
    "registration_no": 0.95,
    "email": 0.9,
    "name": 0.75,
    "similar_name": 0.6,
    "pinyin": 0.5,
    "domain": 0.5,
    "phone": 0.5,
    "customer": 0.3,
    "city": 0.15,
}
LIKE: Final = 0.55
SHOWN_FROM: Final = 50


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of one record; empty where it is not known."""

    name: str = ""
    domain: str = ""
    phone: str = ""
    registration_no: str = ""
    email: str = ""
    city: str = ""
    country: str = ""
    customers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The score and the codes of the reasons, the strongest first."""

    score: int
    reasons: tuple[str, ...]


def core(name: str) -> str:
    """A name without legal form, generic words, brackets and spaces: what two spellings of a company share."""
    parts = words.name_key(_BRACKETS.sub(" ", name)).split()
    kept = [part for part in parts if part not in _GENERIC] or parts
    joined = "".join(kept)
    return _CHINESE_GENERIC.sub("", joined) or joined


def sounds(name: str) -> str:
    """The core of a name in pinyin without tones; a Latin name stays as it is."""
    return words.sort_key(core(name)).replace(" ", "")


def registration(number: str) -> str:
    """A registration number without signs between its letters and digits."""
    return words.fold(number).replace(" ", "").upper()


def meeting_keys(side: Side) -> Iterator[tuple[str, str]]:
    """The (kind, value) pairs of which two records must share one to be compared at all."""
    compact = core(side.name)
    if len(compact) > 1:
        yield "name", compact
    spoken = sounds(side.name)
    if len(spoken) > 3:
        yield "sound", spoken
    for kind in ("domain", "email"):
        if value := getattr(side, kind):
            yield kind, value
    if len(side.phone) > 5:
        yield "phone", side.phone
    if number := registration(side.registration_no):
        yield "number", number


def similarity(left: str, right: str) -> float:
    """How much two texts share of their pairs of characters, from 0 to 1."""
    pairs_left, pairs_right = _pairs(left), _pairs(right)
    if not pairs_left or not pairs_right:
        return 1.0 if left and left == right else 0.0
    return 2 * len(pairs_left & pairs_right) / (len(pairs_left) + len(pairs_right))


def compare(left: Side, right: Side) -> Verdict:
    """The likeness of two records: independent reasons add up, open contradictions take away."""
    found: dict[str, float] = {}
    names = core(left.name), core(right.name)
    if names[0] and names[0] == names[1]:
        found["name"] = WEIGHTS["name"]
    elif (alike := similarity(*names)) >= LIKE:
        found["similar_name"] = WEIGHTS["similar_name"] * alike
    elif sounds(left.name) and sounds(left.name) == sounds(right.name):
        found["pinyin"] = WEIGHTS["pinyin"]
    numbers = registration(left.registration_no), registration(right.registration_no)
    if numbers[0] and numbers[0] == numbers[1]:
        found["registration_no"] = WEIGHTS["registration_no"]
    for field in ("email", "domain", "city"):
        if (value := getattr(left, field)) and value == getattr(right, field):
            found[field] = WEIGHTS[field]
    if len(left.phone) > 5 and left.phone == right.phone:
        found["phone"] = WEIGHTS["phone"]
    if left.customers & right.customers:
        found["customer"] = WEIGHTS["customer"]
    doubt = 1.0
    for weight in found.values():
        doubt *= 1 - weight
    score = 1 - doubt
    if left.country and right.country and left.country != right.country:
        score *= 0.8
    if numbers[0] and numbers[1] and numbers[0] != numbers[1]:
        score *= 0.5
    reasons = sorted(found, key=lambda name: -found[name])
    return Verdict(round(100 * score), tuple(reasons))


def _pairs(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1)}
