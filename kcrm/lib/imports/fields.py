"""One column of something that can be imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What the values of a column are; decides how their text is understood."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"
    FLAG = "flag"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its stable name, its heading, and the headings by which it is recognised in other people's files.

    `choices` are {code: label}, `synonyms` further words for the codes. `known`, for references, gives what exists
    for a person as {text: label}, so that the wizard can offer it. `near(user, texts)` gives for references that
    nobody knows what they may mean, as {text: [(text instead, label)]}. `creates` names what may be brought in for
    such a text: the key of the importable and the fields that get the text. `vocabulary` are the words in use for a
    free text, to which misspelt ones are likened. `policy` False means that existing values of this field are never
    compared with new ones.
    """

    name: str
    label: Any
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, Any] | None = None
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    help: Any = ""
    example: str = ""
    known: Callable[[Any], Mapping[str, Any]] | None = None
    policy: bool = True
    near: Callable[[Any, Sequence[str]], Mapping[str, Sequence[tuple[str, Any]]]] | None = None
    creates: tuple[str, tuple[str, ...]] | None = None
    vocabulary: Callable[[Any], Iterable[str]] | None = None
