"""The way in says in one sentence what a machine lacks, and does nothing twice."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from kcrm.embedded import bootstrap, stamps
from kcrm.embedded.errors import CannotStart


def test_says_which_python_it_needs(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shutil.copy(bootstrap.CHECKOUT / "bin" / "with-python", tmp_path / "bin")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "dirname"):
        (programs / name).symlink_to(str(shutil.which(name)))
    old = programs / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = subprocess.run(
        [tmp_path / "bin" / "with-python", "run"], env={"PATH": str(programs)}, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.startswith("KCRM needs Python 3.11 to 3.14, and none was found")


def test_says_what_to_do_without_ensurepip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)

    with pytest.raises(CannotStart, match=r"apt install python3\.\d+-venv"):
        bootstrap._make_environment(tmp_path / "venv")


@pytest.mark.parametrize(
    ("installed", "needed", "current"),
    [
        ([bootstrap.RUNTIME], [bootstrap.RUNTIME], True),
        ([bootstrap.RUNTIME, bootstrap.DEVELOPMENT], [bootstrap.RUNTIME], True),
        ([bootstrap.RUNTIME], [bootstrap.RUNTIME, bootstrap.DEVELOPMENT], False),
        ([], [bootstrap.RUNTIME], False),
    ],
)
def test_an_environment_is_current_when_it_holds_what_is_needed(
    tmp_path: Path, installed: list[str], needed: list[str], current: bool
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    stamp = {name: bootstrap.fingerprint(bootstrap.CHECKOUT / name) for name in installed}
    (tmp_path / "kcrm-stamp.json").write_text(json.dumps(stamp))

    assert bootstrap._is_current(tmp_path, needed) is current


def test_a_changed_lock_makes_an_environment_stale(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / "kcrm-stamp.json").write_text(json.dumps({bootstrap.RUNTIME: "the hash of a former lock"}))

    assert bootstrap._is_current(tmp_path, [bootstrap.RUNTIME]) is False


def test_stamps_change_with_the_files_they_stand_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    before = stamps._digest([tmp_path])

    same = stamps._digest([tmp_path])
    (tmp_path / "a").write_text("two!")
    after = stamps._digest([tmp_path])

    assert before == same
    assert before != after


def test_stamps_are_kept_one_by_one(tmp_path: Path) -> None:
    kept = stamps.Stamps(tmp_path / "prepared.json")
    kept.set("files", "1")
    kept.set("database", "2")

    assert kept.holds("files", "1")
    assert kept.holds("database", "2")
    assert not kept.holds("database", "3")
