"""What must stay ended although an older database is restored: revoked tokens, people who left, erased persons.

Each such end is written into a file of the data folder, which a restore leaves alone and every back-up takes along. The
file holds kinds, keys and moments only. Apps say how an end is brought about again with `@ends("kind")`.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

FILE_NAME: Final = "ended.jsonl"
Ender = Callable[[str], bool]

logger = logging.getLogger(__name__)
_enders: dict[str, Ender] = {}


@dataclass(frozen=True, slots=True)
class End:
    """Something that ended: its kind, its key, and the moment in UTC (ISO 8601)."""

    kind: str
    key: str
    at: str


def ends(kind: str) -> Callable[[Ender], Ender]:
    """Register how an end of this kind is brought about again; the function says whether it changed anything."""

    def register(ender: Ender) -> Ender:
        _enders[kind] = ender
        return ender

    return register


def path_of_ends() -> Path:
    """The file of this installation."""
    return Path(settings.DATA_DIR) / FILE_NAME


def note_end(kind: str, key: object) -> None:
    """Write an end down once the present transaction is committed. A full disk is logged and stops nothing."""
    if kind not in _enders:
        raise LookupError(f"Nobody says how {kind!r} ends again.")
    end = End(kind, str(key), datetime.now(UTC).isoformat(timespec="milliseconds"))
    transaction.on_commit(lambda: _append(end))


def read_ends(path: Path, *, since: datetime | None = None) -> Iterator[End]:
    """The ends of a file, oldest first; a line cut short by a crash is left out."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            end = End(**json.loads(line))
            moment = datetime.fromisoformat(end.at)
        except (ValueError, TypeError):
            continue
        if since is None or moment >= since:
            yield end


def end_again(ends_: Iterator[End] | list[End]) -> dict[str, int]:
    """Bring all of them about; how many of each kind changed something. Repeating it changes nothing."""
    changed: dict[str, int] = {}
    for end in ends_:
        ender = _enders.get(end.kind)
        if ender is None:
            logger.warning("Nobody says how %s ends again; look at it by hand.", end.kind)
            continue
        with transaction.atomic():
            if ender(end.key):
                changed[end.kind] = changed.get(end.kind, 0) + 1
    return changed


def _append(end: End) -> None:
    """One line, whole and on the disk, whoever else writes."""
    path = path_of_ends()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.write(json.dumps(asdict(end)).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        logger.exception("The end of %s %s could not be written down.", end.kind, end.key)
