"""What was typed or sent, made ready to be stored; what cannot be stored, refused with its field named."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, models, transaction

from kcrm.lib import words
from kcrm.lib.errors import DomainError


def cleaned(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a model's own columns: text composed and without invisible signs, each checked by its field.

    Related records pass through: the service that resolved them answers for them.
    Raises DomainError naming the field, KeyError for a name that is no field of the model.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        field = _field(model, name)
        found[name] = value if field.is_relation else _clean(field, value)
    return found


@cache
def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise KeyError(name) from error


def _clean(field: Any, value: Any) -> Any:
    try:
        if isinstance(value, str):
            value = words.clean_text(value) if isinstance(field, models.TextField) else words.clean_line(value)
        if value is None and isinstance(field, models.CharField | models.TextField) and not field.null:
            value = ""
        if isinstance(value, str) and (0 < len(value) <= _length_of_plain(field) or value in _choices_of(field)):
            return value  # nothing else is asked of it
        return field.clean(value, None)
    except DomainError as error:
        raise DomainError(error.message, field=field.name, code=error.code) from None
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field=field.name) from None


@cache
def _length_of_plain(field: Any) -> int:
    """How long a text of the field may be where nothing but its length is asked of it; 0 for other fields."""
    if type(field) not in {models.CharField, models.TextField} or field.choices is not None:
        return 0
    lengths = [one for one in field.validators if isinstance(one, MaxLengthValidator)]
    if len(lengths) < len(field.validators):
        return 0
    return min((int(one.limit_value) for one in lengths), default=sys.maxsize)


@cache
def _choices_of(field: Any) -> frozenset[str]:
    """The values that a text field of fixed choices takes; empty for other fields."""
    if type(field) is not models.CharField or field.choices is None:
        return frozenset()
    return frozenset(value for value, _label in field.flatchoices if isinstance(value, str) and value)


@contextmanager
def refusing(constraints: Mapping[str, tuple[str | None, Any]]) -> Iterator[None]:
    """Turn violations of database constraints into sentences: {constraint: (field, sentence)}.

    The block runs in a savepoint; violations that are not named pass on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        known = constraints.get(getattr(diagnosis, "constraint_name", "") or "")
        if known is None:
            raise
        field, sentence = known
        raise DomainError(sentence, field=field, code="conflict") from None
