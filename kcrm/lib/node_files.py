"""Serve single files out of node_modules as static files, under names of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Warning
from django.core.files.storage import FileSystemStorage, Storage


class NodeFilesFinder(BaseFinder):
    """Finds what `settings.NODE_FILES` lists: static name -> path inside one of `settings.NODE_MODULES`."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Say how to get the files when they are neither there nor collected, as they are in the image."""
        collected = Path(settings.STATIC_ROOT)
        missing = [
            source
            for name, source in settings.NODE_FILES.items()
            if _locate(source) is None and not (collected / name).exists()
        ]
        if not missing:
            return []
        return [Warning(f"Not in node_modules: {', '.join(missing)}.", hint="Run npm ci.", id="kcrm.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file behind a static name."""
        source = settings.NODE_FILES.get(path)
        found = _locate(source) if source else None
        if find_all:
            return [str(found)] if found else []
        return str(found) if found else []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        """Each file with a storage that knows it by its static name."""
        for name, source in settings.NODE_FILES.items():
            found = _locate(source)
            if found and not matches_patterns(name, ignore_patterns):
                yield name, _OneFile(name, found)


class _OneFile(FileSystemStorage):
    """A storage that holds one file under another name."""

    def __init__(self, name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self.prefix = ""
        self._name, self._source = name, source

    def path(self, name: str) -> str:
        return str(self._source) if name == self._name else super().path(name)


def _locate(source: str) -> Path | None:
    candidates = (Path(folder) / source for folder in settings.NODE_MODULES)
    return next((path for path in candidates if path.is_file()), None)
