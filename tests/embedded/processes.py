"""Look at processes from outside, through /proc."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A process that no later one can be mistaken for."""

    pid: int
    started: str


def descendants(pid: int) -> set[Process]:
    """Every process below this one."""
    children: dict[int, list[Process]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if (facts := _facts(int(folder.name))) and facts[0] != "Z":
            children.setdefault(int(facts[1]), []).append(Process(int(folder.name), facts[19]))
    found: set[Process] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child.pid)
    return found


def alive(processes: set[Process]) -> set[Process]:
    """Those that still run; one that has ended and waits to be collected does not."""
    return {one for one in processes if (facts := _facts(one.pid)) and facts[0] != "Z" and facts[19] == one.started}


def wait_until_gone(processes: set[Process], patience: float = 15) -> set[Process]:
    """What is left of them after they had time to end."""
    deadline = time.monotonic() + patience
    while (left := alive(processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def command_of(process: Process) -> str:
    """The command line, for telling processes apart."""
    try:
        return Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _facts(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
