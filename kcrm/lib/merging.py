"""What becomes of every relation to a record that is merged into another: declared once by the app that owns it.

An app declares its rules in `<app>/mergeables.py`. A relation without a rule stops the merge: nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db import models


@dataclass(frozen=True, slots=True)
class Move:
    """The rows go to the winner.

    `once` are the columns of which the winner may have each set of values only once, `alive` the condition on both
    rows under which that holds (SQL with `{t}` for the row). A row that the winner has already is dropped, or stays
    with the alias (`stays`), or changes on the way (`adjust`: {column: SQL over `t`}). `demote` is a flag that only one
    row may carry: the winner's keeps it. Where the winner has a row of the model `whole`, none of them goes.
    `unlock` is the trigger (`app.Model:name`) that refuses changes otherwise.
    """

    once: tuple[str, ...] | None = None
    alive: str = ""
    stays: bool = False
    adjust: Mapping[str, str] = field(default_factory=dict)
    demote: str = ""
    whole: str = ""
    unlock: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The rows stay with the alias, for the reason given: they are made anew, or must not follow."""

    reason: str


Rule = Move | Leave
Hook = Callable[[Sequence[int]], None]
_rules: dict[str, dict[str, Rule]] = {}
_numbers: dict[str, dict[str, Rule]] = {}
_after: dict[str, list[Hook]] = {}
TARGETS: Final = {"customer": "customers.customer", "contact": "customers.contact"}


def declare(kind: str, **rules: Rule) -> None:
    """Say what becomes of relations to a kind of record: `app__model__field=rule`."""
    _rules.setdefault(kind, {}).update({name.replace("__", "."): rule for name, rule in rules.items()})


def declare_numbers(kind: str, **rules: Rule) -> None:
    """The same for columns that hold the number of a record without being a relation."""
    _numbers.setdefault(kind, {}).update({name.replace("__", "."): rule for name, rule in rules.items()})


def after_merge(kind: str) -> Callable[[Hook], Hook]:
    """Decorate a function of the numbers of all parties that remakes what follows from moved rows, in the transaction
    of the merge or of its undoing."""

    def keep(function: Hook) -> Hook:
        _after.setdefault(kind, []).append(function)
        return function

    return keep


def hooks(kind: str) -> Sequence[Hook]:
    """What follows a merge or its undoing."""
    return tuple(_after.get(kind, ()))


def relations(kind: str) -> Iterator[tuple[str, Any]]:
    """Every column of every app that points to this kind of record, without history: (name, field)."""
    target = apps.get_model(TARGETS[kind])
    for model in apps.get_models(include_auto_created=True):
        if hasattr(model, "pgh_tracked_model"):
            continue
        for column in model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey) and column.related_model is target:
                yield f"{model._meta.label_lower}.{column.name}", column


def rules(kind: str) -> Iterator[tuple[str, Any, Rule]]:
    """Every column with its rule. Raises LookupError for a relation that nobody declared a rule for."""
    declared = _rules.get(kind, {})
    for name, column in relations(kind):
        if name not in declared:
            raise LookupError(f"No rule says what becomes of {name} when a {kind} is merged.")
        yield name, column, declared[name]
    for name, rule in _numbers.get(kind, {}).items():
        app, model, field_name = name.split(".")
        yield name, apps.get_model(app, model)._meta.get_field(field_name), rule


def declared(kind: str) -> frozenset[str]:
    """The names of all declared columns."""
    return frozenset({*_rules.get(kind, {}), *_numbers.get(kind, {})})
