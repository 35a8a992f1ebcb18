"""What a text that nobody knows may mean: by likeness to the choices, to what exists, and to the words in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from django.utils.translation import get_language

from accounts.models import User
from kcrm.lib import words
from kcrm.lib.imports import Importable
from kcrm.lib.imports.countries import country_names
from kcrm.lib.imports.fields import Field, Kind

LIKE: Final = 0.8
MOST_ASKED: Final = 200
MOST_WORDS: Final = 2_000
MOST_OFFERED: Final = 5


def bare(text: str) -> str:
    """The text without what people write one way or another: case, accents, spaces, signs."""
    return "".join(sign for sign in words.fold(text) if sign.isalnum())


def likeness(one: str, other: str) -> float:
    """From 0 to 1, of two bare texts; 1 where they differ in nothing that matters."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    match = SequenceMatcher(None, one, other)
    return match.ratio() if match.quick_ratio() >= LIKE else 0.0


def likest(text: str, known: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[float, str]]:
    """(likeness, value) of what the text may mean, the likest first; `known` has each value with its names."""
    asked = bare(text)
    found = [(max((likeness(asked, bare(name)) for name in names), default=0.0), value) for value, names in known]
    return sorted((pair for pair in found if pair[0] >= LIKE), key=lambda pair: -pair[0])[:MOST_OFFERED]


def offers_of(field: Field, user: User) -> Mapping[str, Any]:
    """{value: label} of all that a cell of this field can mean, where that can be listed."""
    if field.kind is Kind.COUNTRY:
        return country_names(get_language() or "en")
    return field.choices or (field.known(user) if field.known else {})


def suggestions(
    thing: Importable, unmatched: Mapping[str, Sequence[str]], by: User, names: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, list[Any]]]:
    """{field: {text: [[value, label], …]}} for texts that nobody knows, the likest first.

    `names` {field: texts} are what the rows of the file themselves are called.
    """
    found: dict[str, dict[str, list[Any]]] = {}
    for name, texts in unmatched.items():
        field = thing.by_name.get(name)
        asked = [text for text in texts if text][:MOST_ASKED]
        if field is None or not asked:
            continue
        offers = offers_of(field, by)
        known: list[tuple[str, Sequence[str]]] = [(value, (value, str(label))) for value, label in offers.items()]
        here = field.creates[1][0] if field.creates and field.creates[0] == thing.key else ""
        known += [(text, (text,)) for text in names.get(here, ())]
        near = field.near(by, asked) if field.near else {}
        for text in asked:
            pairs = [[value, str(offers.get(value, value))] for _like, value in likest(text, known)]
            pairs += [[value, str(label)] for value, label in near.get(text, ())]
            if pairs:
                found.setdefault(name, {})[text] = pairs[:MOST_OFFERED]
    return found


def _none(user: User) -> Iterable[str]:
    return ()


class Words:
    """The free texts of a file, heard while its rows pass, to find the misspelt ones among them."""

    def __init__(self, thing: Importable, by: User) -> None:
        self.fields = [field for field in thing.fields if field.vocabulary is not None]
        self.by = by
        self.counts: dict[str, Counter[str]] = {field.name: Counter() for field in self.fields}
        named = {
            name
            for field in thing.fields
            if field.creates and field.creates[0] == thing.key
            for name in field.creates[1]
        }
        self.names: dict[str, dict[str, None]] = {name: {} for name in named}

    def heard(self, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[tuple[int, Mapping[str, str]]]:
        """The rows as they come; their words are counted."""
        for number, row in rows:
            for name, counts in self.counts.items():
                text = str(row.get(name) or "").strip()
                if text and (text in counts or len(counts) < MOST_WORDS):
                    counts[text] += 1
            for name, names in self.names.items():
                if len(names) < MOST_WORDS:
                    names[str(row.get(name) or "").strip()] = None
            yield number, row

    def misspelt(self) -> dict[str, dict[str, list[Any]]]:
        """{field: {text: [[word, word]]}} of texts that are like a word in use, or like a more frequent one here.

        Of two that are as frequent the shorter one is asked for: a sign is left out more often than put in.
        """
        found: dict[str, dict[str, list[Any]]] = {}
        for field in self.fields:
            counts = self.counts[field.name]
            used = [text for text in (field.vocabulary or _none)(self.by) if text][:MOST_WORDS]
            for text, count in counts.most_common()[:MOST_ASKED]:
                if text in used:
                    continue
                better = [*used, *(other for other, more in counts.items() if (more, len(other)) > (count, len(text)))]
                if near := [[word, word] for _like, word in likest(text, [(word, (word,)) for word in better])]:
                    found.setdefault(field.name, {})[text] = near
        return found
