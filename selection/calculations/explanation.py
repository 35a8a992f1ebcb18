"""How a result says why: reasons as codes with their figures, and results as plain data that can be kept."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One thing a result has to say about itself: a code that the pages put into words, and its figures.

    ``code`` is a member of the method's own enumeration; ``subject`` is the key of the factor, account, function
    or rater it is about, empty where it is about the whole; ``figures`` are named numbers for the sentence.
    """

    code: StrEnum
    subject: str = ""
    figures: tuple[tuple[str, float], ...] = ()

    def figure(self, name: str) -> float | None:
        """Gives the named figure; None where the reason carries no such figure."""
        return dict(self.figures).get(name)


def reason(code: StrEnum, subject: str = "", /, **figures: float) -> Reason:
    """Builds a reason from its code, its subject and its named figures."""
    return Reason(code=code, subject=subject, figures=tuple(figures.items()))


def as_data(value: object) -> Any:
    """Turns a result into plain data that JSON can hold, so that it can be stored beside what it explains.

    Dataclasses become dicts, tuples and sets become lists, Decimals and dates become strings, codes their text.
    Raises TypeError for anything else, because what cannot be stored cannot be explained later.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_data(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(as_data(key)): as_data(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(as_data(item) for item in value)
    if isinstance(value, list | tuple):
        return [as_data(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be stored as an explanation")


def fingerprint(*inputs: object) -> str:
    """Gives the SHA-256 of the inputs, 64 hexadecimal digits: the same inputs, the same fingerprint.

    A result stored with the fingerprint of its inputs is known to be out of date as soon as they differ.
    """
    text = json.dumps([as_data(value) for value in inputs], sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
