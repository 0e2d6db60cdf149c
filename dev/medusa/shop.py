"""A running Medusa shop: a copy of the template database, and the server on a port of this machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from dev.databases import Databases
from dev.medusa import install, seed
from dev.medusa.api import Api
from dev.medusa.node import Node, find_or_get
from dev.paths import hash_of_files, run_folder, short_hash
from dev.process import Child, free_port
from dev.say import Problem, step
from dev.server import answers

EMAIL, PASSWORD = "admin@example.com", "supersecret"


class MedusaShop:
    """Runs a shop for as long as the block lasts.

    :param database: its own, made from the template when the shop starts and dropped when the block ends
    """

    def __init__(self, databases: Databases, database: str) -> None:
        self.databases = databases
        self.database = database
        self.node, self.home = get()
        self.port = 0
        self.child: Child | None = None
        self.uploads = Path(tempfile.mkdtemp(prefix="medusa-uploads-"))

    def __enter__(self) -> MedusaShop:
        self.reset()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self.databases.drop(self.database)
        shutil.rmtree(self.uploads, ignore_errors=True)

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the seed made: ids and keys."""
        found = self.databases.note(template(self.databases, self.node, self.home))
        return dict(json.loads(found or "{}"))

    @property
    def admin(self) -> Api:
        """The administration's API with the secret key that a connector is given."""
        return Api.with_key(self.url, self.facts["secret_key"])

    @property
    def store(self) -> Api:
        """The API that customers' browsers speak to."""
        return Api(self.url, {"x-publishable-api-key": self.facts["publishable_key"]})

    def reset(self) -> None:
        """Begin anew with what the seed made."""
        self.stop()
        self.databases.copy(template(self.databases, self.node, self.home), self.database)
        self.start()

    def start(self) -> None:
        """Start the server; after ``stop`` it takes its former port again."""
        self.port = free_port(self.port or None)
        log = run_folder() / "logs" / f"medusa-{self.port}-{time.strftime('%H%M%S')}.log"
        self.child = serve(self.databases, self.node, self.home, self.database, self.port, log, self.uploads)

    def stop(self) -> None:
        """End the server."""
        if self.child:
            self.child.stop()
            self.child = None


def get() -> tuple[Node, Path]:
    """Node and the folder with Medusa's packages, both fetched when missing.

    :raises Unavailable: where they cannot be had
    """
    node = find_or_get()
    return node, install.home(node)


def template(databases: Databases, node: Node, home: Path) -> str:
    """The name of the template database, built when missing; its note is what the seed made."""
    own = [Path(__file__).with_name(name) for name in ("api.py", "seed.py")]
    own += [file for file in install.PROJECT.rglob("*") if file.is_file()]
    name = f"medusa_{short_hash(home.name, hash_of_files(Path(__file__).parent, own))}"

    def build(unfinished: str) -> None:
        with step("building the template database of the Medusa shop"):
            _build(databases, node, home, unfinished)

    return databases.ensure(name, build)


def _build(databases: Databases, node: Node, home: Path, name: str) -> None:
    databases.create(name)
    _medusa(databases, node, home, name, "db:migrate")
    _medusa(databases, node, home, name, "user", "-e", EMAIL, "-p", PASSWORD)
    port = free_port()
    log = run_folder() / "logs" / f"medusa-template-{port}.log"
    child = serve(databases, node, home, name, port, log, Path(tempfile.gettempdir()))
    try:
        facts = seed.seed(f"http://127.0.0.1:{port}", EMAIL, PASSWORD)
    finally:
        child.stop()
    databases.set_note(name, json.dumps(facts))


def _medusa(databases: Databases, node: Node, home: Path, database: str, *words: str) -> None:
    done = subprocess.run(
        _command(node, home, *words),
        check=False,
        cwd=install.project(home),
        env=_environment(databases, node, database),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Problem(f"medusa {words[0]} failed:\n{(done.stderr + done.stdout)[-3000:]}")


def serve(databases: Databases, node: Node, home: Path, database: str, port: int, log: Path, uploads: Path) -> Child:
    """Start a server on a database and wait until it answers."""
    environment = _environment(databases, node, database)
    environment |= {"SHOP_URL": f"http://127.0.0.1:{port}", "UPLOADS": str(uploads)}
    command = _command(node, home, "start", "-H", "127.0.0.1", "-p", str(port))
    child = Child(command, log, environment, folder=install.project(home))
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and child.running:
        if answers(f"http://127.0.0.1:{port}/health"):
            return child
        time.sleep(0.1)
    words = child.last_words()
    child.kill()
    raise Problem(f"The Medusa shop did not start. {log} ends with\n{words}")


def _command(node: Node, home: Path, *words: str) -> list[str]:
    return [node.node, str(home / "node_modules" / "@medusajs" / "cli" / "cli.js"), *words]


def _environment(databases: Databases, node: Node, database: str) -> dict[str, str]:
    server = databases.connection
    # A folder in the host's place is that of the server's socket.
    host = quote(server.host or "127.0.0.1", safe="")
    login = quote(server.user) + (f":{quote(server.password)}" if server.password else "")
    address = f"postgres://{login}@{host}:{server.port}/{database}"
    return node.environment() | {"DATABASE_URL": address, "NODE_ENV": "production"}
