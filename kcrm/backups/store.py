"""Where back-ups lie and what each one says of itself.

A back-up is a folder `kcrm-<moment in UTC>` with `manifest.json`, `database.dump`, `media.tar` and `ended.jsonl`, the
last three with `.age` behind their names when they are encrypted. A folder that is being made ends in `.partial`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kcrm.backups.errors import BackupError

PREFIX: Final = "kcrm-"
PARTIAL: Final = ".partial"
MANIFEST: Final = "manifest.json"
DRILL: Final = "drill.json"
DATABASE, MEDIA, ENDED = "database.dump", "media.tar", "ended.jsonl"
CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a back-up: its name, its size in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up holds, written last.

    `rows` counts each table at the moment of the dump, `audit_head` is the head of the audit trail's chain then,
    `recipient` the public key it is encrypted for (empty: plain), `migrations` the last of each app.
    """

    made_at: str
    seconds: float
    product: str
    postgres: int
    recipient: str
    files: list[StoredFile]
    rows: dict[str, int]
    migrations: dict[str, list[str]]
    audit_head: str

    @property
    def moment(self) -> datetime:
        """When the dump was taken."""
        return datetime.fromisoformat(self.made_at)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Drill:
    """What the rehearsal of a restore found: each step with what it said, and whether all went well."""

    at: str
    seconds: float
    passed: bool
    steps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        """When the rehearsal ended."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished back-up."""

    folder: Path
    manifest: Manifest

    @property
    def drill(self) -> Drill | None:
        """Its last rehearsal."""
        try:
            return Drill(**json.loads((self.folder / DRILL).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def note_drill(self, drill: Drill) -> None:
        """Keep what a rehearsal found beside the back-up."""
        write_whole(self.folder / DRILL, asdict(drill))

    def file(self, name: str) -> Path:
        """The path of a part, encrypted or not."""
        return self.folder / (f"{name}.age" if self.manifest.recipient else name)


def open_backup(folder: Path) -> Backup:
    """The back-up in this folder. Raises BackupError when it is none or was never finished."""
    try:
        raw = json.loads((folder / MANIFEST).read_text())
        files = [StoredFile(**file) for file in raw.pop("files")]
        return Backup(folder, Manifest(files=files, **raw))
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no finished back-up: there is no {MANIFEST}.") from None
    except (ValueError, TypeError, KeyError) as error:
        raise BackupError(f"{folder / MANIFEST} cannot be read ({error}). Take another back-up.") from None


def backups_in(place: Path) -> list[Backup]:
    """Every finished back-up of a place, oldest first; what cannot be read is left out."""
    found = []
    for folder in sorted(place.glob(f"{PREFIX}*")) if place.is_dir() else []:
        if folder.suffix == PARTIAL or not (folder / MANIFEST).exists():
            continue
        try:
            found.append(open_backup(folder))
        except BackupError:
            continue
    return found


def changed_files(backup: Backup) -> list[str]:
    """The names of files that are missing or not what was written."""
    return [file.name for file in backup.manifest.files if _digest(backup.folder / file.name) != file.sha256]


def forget_old(place: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest `keep` back-ups, and what a killed back-up left behind; returns the folders."""
    gone = [backup.folder for backup in backups_in(place)[:-keep]] if keep > 0 else []
    day = 86_400
    now = datetime.now(UTC).timestamp()
    gone += [folder for folder in place.glob(f"{PREFIX}*{PARTIAL}") if now - folder.stat().st_mtime > day]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """Write JSON so that it is there wholly or not at all."""
    partial = path.with_name(path.name + PARTIAL)
    with partial.open("w") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
