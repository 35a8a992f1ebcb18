"""Single files of node_modules are static files under names of our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from pytest_django.fixtures import Settings

from kcrm.lib.node_files import NodeFilesFinder


@pytest.fixture
def charts(tmp_path: Path, settings: Settings) -> Path:
    """Two places, the second of which holds a library."""
    source = tmp_path / "second" / "charts" / "dist" / "charts.min.mjs"
    source.parent.mkdir(parents=True)
    source.write_text("export {};")
    settings.NODE_MODULES = [tmp_path / "first", tmp_path / "second"]
    settings.NODE_FILES = {"vendor/charts.js": "charts/dist/charts.min.mjs"}
    return source


def test_finds_a_listed_file_and_no_other(charts: Path) -> None:
    finder = NodeFilesFinder()

    assert finder.find("vendor/charts.js") == str(charts)
    assert finder.find("vendor/other.js") == []


def test_collects_a_file_under_its_static_name(charts: Path) -> None:
    ((name, storage),) = NodeFilesFinder().list([])

    with storage.open(name) as stream:
        assert stream.read() == b"export {};"
    assert name == "vendor/charts.js"


def test_says_what_to_do_when_a_file_is_missing(charts: Path) -> None:
    charts.unlink()

    (warning,) = NodeFilesFinder().check()

    assert "charts/dist/charts.min.mjs" in warning.msg
    assert warning.hint == "Run npm ci."


def test_is_content_with_a_file_that_was_collected(charts: Path, tmp_path: Path, settings: Settings) -> None:
    charts.unlink()
    settings.STATIC_ROOT = tmp_path / "static"
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    (tmp_path / "static" / "vendor" / "charts.js").touch()

    assert NodeFilesFinder().check() == []


def test_the_finder_is_in_the_settings() -> None:
    assert any(isinstance(finder, NodeFilesFinder) for finder in finders.get_finders())
