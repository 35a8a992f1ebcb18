"""One column of something that can be imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    REFERENCE = "reference"
    FLAG = "flag"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its stable name, its heading, and the headings by which it is recognised in other people's files.

    `choices` are {code: label}. `known`, for references, gives what exists for a person as {text: label}, so that the
    wizard can offer it; `policy` False means that existing values of this field are never compared with new ones.
    """

    name: str
    label: Any
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, Any] | None = None
    help: Any = ""
    example: str = ""
    known: Callable[[Any], Mapping[str, Any]] | None = None
    policy: bool = True
