"""Make the environment, then hand over: `python bootstrap.py run|manage|test|check [arguments]`. Standard library only.

Every step leaves a stamp (the hash of its lock file), so that a second start skips it in milliseconds.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT))  # run as a file, before any environment knows the package

from kcrm.embedded.errors import CannotStart  # noqa: E402 - needs the line above

OLDEST = (3, 11)
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
MODULES = {
    "run": "kcrm.embedded.supervisor",
    "manage": "kcrm.embedded.manage",
    "test": "pytest",
    "check": "kcrm.embedded.checks",
    "restore": "kcrm.backups.embedded",
    "restore-drill": "kcrm.backups.drill",
}


def main(arguments: list[str]) -> None:
    """Prepare what the chore needs and become it."""
    chore, rest = arguments[0], arguments[1:]
    if sys.version_info < OLDEST:
        raise CannotStart(f"KCRM needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
    os.chdir(CHECKOUT)
    if chore == "run" and {"-h", "--help"} & set(rest):
        python = Path(sys.executable)
    else:
        python = ensure_libraries(development=chore in {"test", "check"})
        from kcrm.embedded import node

        node.ensure_modules(data_folder(), python)
        if chore == "test":
            from kcrm.embedded import browser

            os.environ["KCRM_CHROMIUM"] = str(browser.ensure_chromium(data_folder(), python))
            rest = _side_by_side(rest)
    os.execv(python, [str(python), "-m", MODULES[chore], *rest])


def _side_by_side(arguments: list[str]) -> list[str]:
    """The whole suite runs on as many cores as there are, module by module; what was picked runs in one process."""
    cores = min(4, os.cpu_count() or 1)
    if cores == 1 or any(not argument.startswith("-") for argument in arguments):
        return arguments
    return ["--numprocesses", str(cores), "--dist", "loadscope", *arguments]


def data_folder() -> Path:
    """The installation's data folder, whether it exists or not."""
    return Path(os.environ.get("KCRM_DATA_DIR") or CHECKOUT / ".kcrm").expanduser().resolve()


def ensure_libraries(*, development: bool) -> Path:
    """The Python of an environment that holds what the lock names; made or brought up to date when it does not."""
    needed = [RUNTIME, DEVELOPMENT] if development else [RUNTIME]
    places = [CHECKOUT / ".venv", data_folder() / "venv"]
    for place in places:
        if _is_current(place, needed):
            return place / "bin" / "python"
    place = places[0] if os.access(CHECKOUT, os.W_OK) else places[1]
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (place.parent / ".venv.lock").open("w")
    except OSError as error:
        raise CannotStart(
            f"Neither the checkout nor the data folder can be written ({error.strerror}: {error.filename}). "
            "Set KCRM_DATA_DIR to a folder that you may write."
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(place, needed):  # another start may just have done it
            _install(place, needed)
    return place / "bin" / "python"


def say(text: str) -> None:
    """Tell the person what takes time."""
    print(text, flush=True)


def fingerprint(path: Path) -> str:
    """The hash of a lock file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def attempt(command: list[str], **options: object) -> str | None:
    """Run a command quietly: None when it went well, else the end of what it printed."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])


def uv_of(python: Path) -> Path:
    """The installer that belongs to an environment."""
    return python.parents[1] / "installer" / "bin" / "uv"


def _stamp(place: Path) -> dict[str, str]:
    try:
        stored = json.loads((place / "kcrm-stamp.json").read_text())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in stored.items()}


def _is_current(place: Path, needed: list[str]) -> bool:
    stamp = _stamp(place)
    return (place / "bin" / "python").exists() and all(
        stamp.get(name) == fingerprint(CHECKOUT / name) for name in needed
    )


def _install(place: Path, needed: list[str]) -> None:
    began = time.monotonic()
    # What a former bin/test brought stays: the larger set contains the smaller one.
    sets = [RUNTIME, DEVELOPMENT] if DEVELOPMENT in needed or DEVELOPMENT in _stamp(place) else [RUNTIME]
    say("Installing the Python libraries (only when they change) ...")
    (place / "kcrm-stamp.json").unlink(missing_ok=True)
    python = place / "bin" / "python"
    if not python.exists():
        _make_environment(place)
    failure = _sync(place, sets[-1])
    if failure:
        raise CannotStart(
            f"The Python libraries could not be installed:\n{failure}\n"
            "Check the network connection (or the proxy of pip) and the free disk space, then try again."
        )
    library = next((place / "lib").glob("python3*")) / "site-packages"
    (library / "kcrm-checkout.pth").write_text(f"{CHECKOUT}\n")
    stamp = {name: fingerprint(CHECKOUT / name) for name in sets}
    (place / "kcrm-stamp.json").write_text(json.dumps(stamp))
    say(f"  done in {time.monotonic() - began:.0f} s")


def _make_environment(place: Path) -> None:
    base = str(getattr(sys, "_base_executable", "") or sys.executable)
    shutil.rmtree(place, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        failure = attempt([base, "-m", "venv", str(place)])
    elif uv := shutil.which("uv"):
        failure = attempt([uv, "venv", "--seed", "--python", base, str(place)])
    else:
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise CannotStart(
            f"Python {version} ({base}) lacks venv or ensurepip, so that no environment can be made. "
            f"On Debian or Ubuntu: apt install python{version}-venv. Elsewhere: install uv."
        )
    if failure:
        shutil.rmtree(place, ignore_errors=True)
        raise CannotStart(f"The environment {place} could not be made:\n{failure}")


def _sync(place: Path, lock: str) -> str | None:
    """Install exactly what the lock names: with uv, which is far faster, else with pip. The failure, or None."""
    python, installer = place / "bin" / "python", place / "installer"
    uv, pip = uv_of(python), [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    wanted = fingerprint(CHECKOUT / "requirements-uv.txt")
    marker = installer / "kcrm-stamp"
    if not marker.exists() or marker.read_text() != wanted:
        shutil.rmtree(installer, ignore_errors=True)
        hashed = ["--require-hashes", "--only-binary", ":all:", "-r", str(CHECKOUT / "requirements-uv.txt")]
        if not attempt([*pip, *hashed, "--target", str(installer)]):
            marker.write_text(wanted)
    if uv.exists():
        command = [str(uv), "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", "--compile-bytecode"]
        if not attempt([*command, str(CHECKOUT / lock)]):
            return None
        say("  uv could not; trying pip, which takes longer ...")
    return attempt([*pip, "--require-hashes", "-r", str(CHECKOUT / lock)])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
