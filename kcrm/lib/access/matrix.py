"""The access matrix, read once from `matrix.toml` and checked while it is read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final


class Actor(StrEnum):
    """Who somebody is towards a record."""

    ACCOUNT_MANAGER = "AM"
    CONTRIBUTOR = "TMC"
    READER = "TMR"
    DIRECTOR = "DIR"
    FINANCE = "FIN"
    SERVICE_AGENT = "SVC"
    PROGRAMME_OFFICE = "PRO"
    ADMINISTRATOR = "ADM"
    AUDITOR = "AUD"
    ANYBODY = "ANY"


class Scope(StrEnum):
    """Which records a right reaches."""

    OWN = "o"
    TEAM = "t"
    PORTFOLIO = "p"
    QUEUE = "q"
    ALL = "a"
    SELF = "s"


class Verb(StrEnum):
    """What somebody wants to do."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    MERGE = "M"
    EXPORT = "X"
    APPROVE = "A"
    GRANT = "G"


ACTORS: Final = tuple(Actor)
CONDITIONS: Final = frozenset({"", "fin", "fin=full", "political", "negotiation"})
CLASSES: Final = ("F0", "F1", "F2", "F3", "F4", "F5", "F6", "F6P", "F7")
_CLAUSE: Final = re.compile(r"^(?P<scope>[otpqas]) (?P<verbs>[CRUDMXAG]+)(?:\[(?P<condition>[a-z=]+)\])?$")


@dataclass(frozen=True, slots=True)
class Clause:
    """One right: these verbs, on records of this scope, if the condition holds."""

    scope: Scope
    verbs: frozenset[Verb]
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One row of the matrix."""

    key: str
    label: str
    field_class: str
    cells: MappingProxyType[Actor, tuple[Clause, ...]]
    api_verbs: frozenset[Verb]
    api_read: str
    api_write: str


def parse_cell(text: str) -> tuple[Clause, ...]:
    """The clauses of a cell such as `o R; o X[fin=full]`. Raises ValueError naming what cannot be read."""
    clauses = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        match = _CLAUSE.match(part)
        condition = (match["condition"] or "") if match else ""
        if not match or condition not in CONDITIONS:
            raise ValueError(f"Cannot read the access clause {part!r}.")
        clauses.append(Clause(Scope(match["scope"]), frozenset(map(Verb, match["verbs"])), condition))
    return tuple(clauses)


def load(path: Path) -> MappingProxyType[str, Resource]:
    """The matrix in a file. Raises ValueError for an unknown key, actor, class or clause."""
    rows: dict[str, Resource] = {}
    for key, row in tomllib.loads(path.read_text(encoding="utf-8")).items():
        known = {"label", "class", "api", "api_read", "api_write", *ACTORS}
        if unknown := set(row) - known:
            raise ValueError(f"Unknown keys in the access row {key}: {sorted(unknown)}.")
        if row["class"] not in CLASSES:
            raise ValueError(f"Unknown field class {row['class']!r} in the access row {key}.")
        reads, writes = "R" in row.get("api", ""), bool(set(row.get("api", "").split()) - {"R"})
        if (reads and "api_read" not in row) or (writes and "api_write" not in row):
            raise ValueError(f"The access row {key} opens REST to tokens of no scope: name api_read and api_write.")
        rows[key] = Resource(
            key=key,
            label=row["label"],
            field_class=row["class"],
            cells=MappingProxyType({actor: parse_cell(row[actor]) for actor in ACTORS if actor in row}),
            api_verbs=frozenset(map(Verb, row.get("api", "").split())),
            api_read=row.get("api_read", ""),
            api_write=row.get("api_write", ""),
        )
    return MappingProxyType(rows)


MATRIX: Final = load(Path(__file__).with_name("matrix.toml"))
