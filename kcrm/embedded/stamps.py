"""Whether anything changed since an installation was last prepared, told from the files alone, in milliseconds."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
STATIC = ("static", "package-lock.json", "requirements.txt", "kcrm/settings")
SKIPPED = {"__pycache__", "node_modules"}


def of_files() -> str:
    """Changes with the static files, the catalogues and the libraries."""
    catalogues = sorted(CHECKOUT.glob("*/locale/*/LC_MESSAGES/django.po"))
    return _digest([*(CHECKOUT / name for name in STATIC), *catalogues])


def of_database() -> str:
    """Changes with the migrations, the libraries and the models' rights."""
    migrations = sorted(CHECKOUT.glob("*/migrations"))
    return _digest([CHECKOUT / "requirements.txt", CHECKOUT / "kcrm" / "settings", *migrations])


class Stamps:
    """What was prepared, kept as JSON beside the data."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def holds(self, name: str, value: str) -> bool:
        """True when `name` was last prepared in this state."""
        return self._read().get(name) == value

    def set(self, name: str, value: str) -> None:
        """Remember that `name` is prepared in this state."""
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(self._read() | {name: value}))
        partial.replace(self._path)

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (OSError, ValueError):
            return {}


def _digest(places: Iterable[Path]) -> str:
    total = hashlib.sha256(str(CHECKOUT).encode())
    for place in places:
        for path in _files(place):
            try:
                known = path.stat()
            except FileNotFoundError:
                continue
            total.update(f"{path}\0{known.st_mtime_ns}\0{known.st_size}\n".encode())
    return total.hexdigest()


def _files(place: Path) -> Iterable[Path]:
    if not place.is_dir():
        return [place]
    found = []
    for folder, subfolders, names in os.walk(place):
        subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED)
        found += [Path(folder, name) for name in sorted(names)]
    return found
