"""Child processes that cannot outlive their parent, and that may run as somebody less than root."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

LOG_LIMIT = 5_000_000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Identity(StrEnum):
    """Who a child is. PostgreSQL refuses to be root, and needs a user that the passwd file knows."""

    OWN = "own"  # the same user as the parent
    NAMESPACE = "namespace"  # the parent's user, called `nobody` inside a user namespace of its own
    NOBODY = "nobody"  # really another user; root only


@dataclass(slots=True)
class Child:
    """A running process, the log it writes and the signal that stops it in good order."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def running(self) -> bool:
        """True until the process has ended."""
        return self.process.poll() is None

    def stop(self, patience: float) -> None:
        """End the process: in good order within `patience` seconds, else at once."""
        self.ask_to_stop()
        self.await_end(patience)

    def ask_to_stop(self) -> None:
        """Send the stop signal without waiting."""
        if self.running:
            self.process.send_signal(self.stop_signal)

    def await_end(self, patience: float) -> None:
        """Wait for the end that was asked for; bring it about when it does not come."""
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process and whatever it started, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # a child leads a process group of its own
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.wait()

    def last_words(self, lines: int = 8) -> str:
        """The end of its log, for an error message."""
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    identity: Identity = Identity.OWN,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    on_orphaned: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start a child in a session of its own; `on_orphaned` reaches it the moment this process dies, however it dies."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=folder,
            start_new_session=True,
            preexec_fn=_become(identity, on_orphaned),
            **_credentials(identity),
        )
    return Child(name, process, log, stop_signal)


def run(
    command: Sequence[str | Path],
    *,
    identity: Identity,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a short command as that identity and return what it printed; `environment` adds to the caller's.

    Raises CalledProcessError or SubprocessError.
    """
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | environment if environment else None,
        preexec_fn=_become(identity, signal.SIGKILL),
        **_credentials(identity),
    )
    return done.stdout


def unprivileged_user() -> pwd.struct_passwd:
    """`nobody`, or else the first user of the passwd file that is not root. Raises LookupError when there is none."""
    try:
        return pwd.getpwuid(65534)
    except KeyError:
        others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
        if not others:
            raise LookupError("the passwd file names no user but root") from None
        return others[0]


def known_user() -> bool:
    """True when the passwd file names the user this process runs as."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def _credentials(identity: Identity) -> dict[str, Any]:
    if identity is not Identity.NOBODY:
        return {}
    user = unprivileged_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _become(identity: Identity, on_orphaned: signal.Signals) -> Callable[[], None]:
    """What the child does between fork and exec; a change of user clears the death signal, so that comes last."""
    parent, uid, gid = os.getpid(), os.geteuid(), os.getegid()
    inner = unprivileged_user() if identity is Identity.NAMESPACE else None

    def become() -> None:
        if inner is not None:
            _enter_user_namespace(inner, uid, gid)
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(on_orphaned))
            if os.getppid() != parent:
                os._exit(1)

    return become


def _enter_user_namespace(inner: pwd.struct_passwd, uid: int, gid: int) -> None:
    if _libc is None or _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace to be had")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inner.pw_gid} {gid} 1")
