"""How the audit trail is sealed: a short digest for each entry, and a chain of seals over them.

A changed, added or missing entry is named by its own digest; whoever also rewrites the digests breaks the chain, whose
head is kept outside (see docs/operations.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

ROW_DIGEST: Final = 16
GENESIS: Final = "0" * 64


def row_digest(values: Sequence[Any]) -> bytes:
    """Sixteen bytes that stand for an entry: SHA-256 of its values as JSON with sorted keys, cut to half."""
    text = json.dumps(list(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).digest()[:ROW_DIGEST]


def seal_digest(previous: str, until: int, row_digests: bytes) -> str:
    """The seal of a stretch of the trail: SHA-256 over the seal before it, its last number, and its rows' digests."""
    return hashlib.sha256(f"{previous}:{until}:".encode() + row_digests).hexdigest()


@dataclass(frozen=True, slots=True)
class Differences:
    """Which entries are not what was sealed: numbers of entries that are new or changed, and how many are missing."""

    unknown: tuple[int, ...]
    missing: int


def compare(sealed: bytes, rows: Iterable[tuple[int, bytes]]) -> Differences:
    """Compare the digests under a seal with the entries as they are now, given as (number, digest).

    A changed entry is both: its new self is unknown, its old one missing.
    """
    left = {sealed[start : start + ROW_DIGEST] for start in range(0, len(sealed), ROW_DIGEST)}
    unknown = []
    for number, digest in rows:
        if digest in left:
            left.discard(digest)
        else:
            unknown.append(number)
    return Differences(tuple(unknown), len(left))
