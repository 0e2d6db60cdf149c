"""Template databases, kept in the cluster and named by what they are made from, and quick copies of them.

``native_<key>``  Odoo's own modules as a French company
``ecom_<key>``    the same with every addon of the checkout
``glue_<key>``    the same with the addons that install themselves beside further modules of Odoo, and those modules

All functions need the server to run: call them inside ``postgres.running()``.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache as remember
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from dev import configuration
from dev.environment import odoo_source
from dev.locks import only_one
from dev.paths import ADDONS, ROOT, cache, hash_of_files, run_folder, short_hash
from dev.postgres import Connection
from dev.say import Problem, step

MEMORY = Path("/dev/shm")
ROOM = 3 * 1024**3
"""How many bytes have to be free in memory before databases are put there."""
KEPT = 3
"""How many templates of each kind stay: switching between branches stays quick."""
NOT_INSTALLED = {"tests", "__pycache__"}
"""Folders of an addon that do not change what is installed; hidden ones do not, either."""
BOOKS = ("account_move", "account_move_line", "account_partial_reconcile", "account_payment")


class Databases:
    """The databases of one server."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def template(self) -> str:
        """The name of the template with the checkout's addons, built when missing."""
        name = f"ecom_{short_hash(native_key(), addons_key())}"
        return self.ensure(name, self._build_addons)

    def glue_template(self) -> str:
        """The name of the template that also has the addons between ours and further modules, built when missing."""
        name = f"glue_{short_hash(native_key(), addons_key(), hash_of_files(ADDONS, _installed_files(glue_names())))}"
        return self.ensure(name, self._build_glue)

    def native_template(self) -> str:
        """The name of the template with Odoo's own modules only, built when missing."""
        return self.ensure(f"native_{native_key()}", self._build_native)

    def copy(self, template: str, name: str, place: str | None = None) -> str:
        """Copy a database that nobody is connected to; a former one of the new name is dropped.

        :param place: the tablespace; the template's own by default
        """
        self.drop(name)
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        if place:
            self._do(f"{statement} TABLESPACE {{}}", name, template, place)
        else:
            self._do(statement, name, template)
        return name

    @contextmanager
    def in_memory(self, name: str) -> Iterator[str | None]:
        """A tablespace in memory for as long as the block lasts; None where machine or server offer none.

        For copies that come and go: each has thousands of files. An ext4 without a journal, which virtual machines
        often have, looks at all that were deleted in the last minutes before it makes one: seconds for each copy.
        """
        folder = MEMORY / f"ecom-odoo-{name}"
        if not self._make_tablespace(name, folder):
            yield None
            return
        try:
            yield name
        finally:
            self._do("DROP TABLESPACE {}", name)
            shutil.rmtree(folder, ignore_errors=True)

    def _make_tablespace(self, name: str, folder: Path) -> bool:
        """Make one in a folder of the server's own account. False where that cannot be, or would be too small."""
        if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
            return False
        create = sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(folder)))
        try:
            account = Path(self.query("SHOW data_directory")[0][0]).stat()
            folder.mkdir(mode=0o700)
            os.chown(folder, account.st_uid, account.st_gid)
            self.query(create)
        except (OSError, psycopg2.Error):  # a server elsewhere, or one that does not let us
            shutil.rmtree(folder, ignore_errors=True)
            return False
        return True

    def create(self, name: str) -> str:
        """An empty database; a former one of the name is dropped."""
        self.drop(name)
        self._do("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", name)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, ending its connections."""
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def exists(self, name: str) -> bool:
        """True when there is a database of that name."""
        return name in self.names()

    def names(self) -> list[str]:
        """All databases of the server, oldest first."""
        return [row[0] for row in self.query("SELECT datname FROM pg_database ORDER BY oid")]

    def query(
        self, statement: str | sql.Composed, values: Any = None, *, database: str = "postgres"
    ) -> list[tuple[Any, ...]]:
        """Run one statement in a database, committed, and return its rows."""
        with self._cursor(database) as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def leave_unanalysed(self, name: str) -> None:
        """For tests that take back what they did: autovacuum would note that the books are empty, and PostgreSQL then
        plans Odoo's own look-ups of thousands of entries as if there were none, at seconds each."""
        for table in BOOKS:
            self.query(f"ALTER TABLE {table} SET (autovacuum_enabled = false)", database=name)

    def rest_native_actions(self, name: str) -> None:
        """Have Odoo's own scheduled actions wait a day, so that a server starts with ours.

        What is triggered from now on runs at once all the same.
        """
        statement = """
            WITH native AS (SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND module NOT LIKE 'ecom%'),
            forgotten AS (DELETE FROM ir_cron_trigger WHERE cron_id IN (SELECT res_id FROM native))
            UPDATE ir_cron SET nextcall = (now() + interval '1 day') AT TIME ZONE 'UTC'
             WHERE id IN (SELECT res_id FROM native)
        """
        self.query(statement, database=name)

    def unhash_password(self, name: str, login: str = "admin") -> None:
        """Make a user's password the login, not hashed. Odoo hashes it anew at the first login, as elaborately as the
        server that runs then does."""
        self.query("UPDATE res_users SET password = login WHERE login = %s", [login], database=name)

    def say_address(self, name: str, url: str) -> None:
        """Say in a database at which address it is served, unless that was said before.

        Said to a server that is starting, it may be forgotten: whoever asks at that moment has the old one remembered.
        """
        statement = """
            WITH said AS (
                 INSERT INTO ir_config_parameter (key, value) VALUES ('web.base.url.freeze', 'True')
                     ON CONFLICT (key) DO NOTHING RETURNING id)
            UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url' AND EXISTS (SELECT FROM said)
        """
        self.query(statement, [url], database=name)

    def installed(self, name: str) -> list[str]:
        """The modules that are installed in a database."""
        statement = "SELECT name FROM ir_module_module WHERE state = 'installed' ORDER BY name"
        return [row[0] for row in self.query(statement, database=name)]

    def install_addons(self, name: str) -> None:
        """Install or upgrade the checkout's addons in an existing database."""
        self._run_build("addons", name, *addon_names())

    def write_terms(self, name: str) -> None:
        """Write the translation templates of the checkout's addons from a database that has them."""
        self._run_build("terms", name, *addon_names(), *glue_names())

    def neutralize(self, name: str) -> None:
        """Make a copy safe as its owner does, with Odoo's own command."""
        config = configuration.write(f"neutralize-{name}", self.connection, name)
        command: list[str | Path] = [sys.executable, ROOT / "dev" / "bin" / "odoo", "neutralize", "--config", config]
        done = subprocess.run(command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        config.unlink(missing_ok=True)
        if done.returncode:
            raise Problem(f"The database {name} was not neutralised:\n{done.stderr[-3000:]}")

    def note(self, name: str) -> str | None:
        """The note that was left on a database."""
        statement = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        return next((row[0] for row in self.query(statement, [name])), None)

    def set_note(self, name: str, text: str) -> None:
        """Leave a note on a database."""
        with self._cursor("postgres") as cursor:
            cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(text)))

    def ensure(self, name: str, build: Callable[[str], None]) -> str:
        """Have ``build`` make a template database when it is missing, once; older ones of its kind are dropped."""
        if not self.exists(name):
            with only_one(cache() / "locks" / f"{name}.lock", "building the template database"):
                if not self.exists(name):
                    unfinished = f"{name}_unfinished"
                    try:
                        build(unfinished)
                    except BaseException:
                        self.drop(unfinished)
                        raise
                    self._do("ALTER DATABASE {} RENAME TO {}", unfinished, name)
                    self._prune(name.split("_")[0])
        return name

    def _build_native(self, name: str) -> None:
        self.create(name)
        with step("building the template database of Odoo's own modules (about a minute)"):
            self._run_build("native", name)

    def _build_addons(self, name: str) -> None:
        self.copy(self.native_template(), name)
        with step(f"installing {', '.join(addon_names())} in the template database"):
            self._run_build("addons", name, *addon_names())

    def _build_glue(self, name: str) -> None:
        self.copy(self.template(), name)
        with step(f"installing {', '.join(glue_names())} in a template of their own"):
            self._run_build("addons", name, *glue_names())

    def _run_build(self, what: str, name: str, *addons: str) -> None:
        config = configuration.write(f"build-{name}", self.connection, name)
        log = run_folder() / f"build-{what}.log"
        with log.open("wb") as output:
            command: list[str | Path] = [sys.executable, "-m", "dev.build", config, what, *addons]
            code = subprocess.run(
                command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            ).returncode
        config.unlink(missing_ok=True)
        if code:
            said = log.read_text(errors="replace").splitlines()[-25:]
            raise Problem("\n".join([f"The database {name} could not be built. {log} ends with", *said]))
        complaints = re.findall(r"^\S+ \S+ \d+ (?:WARNING|ERROR) .*$", log.read_text(errors="replace"), re.MULTILINE)
        for complaint in complaints:
            if "/addons/ecom_" in complaint or "ecom_" in complaint.split(":", 1)[-1]:
                print(f"    {complaint}", flush=True)

    def sweep(self) -> None:
        """Drop what test runs that were killed have left: their databases bear their process's number."""
        for name in filter(_is_orphan, self.names()):
            self.drop(name)
        for [name] in self.query("SELECT spcname FROM pg_tablespace"):
            if _is_orphan(name):
                self._do("DROP TABLESPACE {}", name)
                shutil.rmtree(MEMORY / f"ecom-odoo-{name}", ignore_errors=True)

    def _prune(self, kind: str) -> None:
        templates = [name for name in self.names() if re.fullmatch(rf"{kind}_[0-9a-f]{{12}}", name)]
        for name in templates[:-KEPT]:
            self.drop(name)

    def _do(self, statement: str, *names: str) -> None:
        with self._cursor("postgres") as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def _cursor(self, database: str) -> Iterator[Any]:
        connection = psycopg2.connect(**self.connection.parameters(database))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def _is_orphan(name: str) -> bool:
    """Whether this belonged to a test run that is no more."""
    owner = re.match(r"(?:test|e2e)_(\d+)(?:_|-|$)", name)
    return owner is not None and Path("/proc/self").exists() and not Path("/proc", owner[1]).exists()


@remember
def native_key() -> str:
    """A name for what the native template is made from."""
    return short_hash(odoo_source().key, (ROOT / "dev" / "build.py").read_bytes())


def addons_key() -> str:
    """A name for the installable content of all addons."""
    return hash_of_files(ADDONS, _installed_files(addon_names()))


def addon_names() -> list[str]:
    """The checkout's installable addons, without those that only install themselves beside others."""
    glue = glue_names()
    return [name for name, _manifest in _manifests() if name not in glue]


def glue_names() -> list[str]:
    """The checkout's addons that Odoo installs by itself beside further modules, which most databases do not have."""
    manifests = _manifests()
    ours = {name for name, _manifest in manifests}
    return [
        name
        for name, manifest in manifests
        if manifest.get("auto_install") and not ours.issuperset(manifest["depends"])
    ]


def _manifests() -> list[tuple[str, dict[str, Any]]]:
    files = sorted(ADDONS.glob("*/__manifest__.py"))
    found = [(file.parent.name, dict(ast.literal_eval(file.read_text()))) for file in files]
    return [(name, manifest) for name, manifest in found if manifest.get("installable", True)]


def _installed_files(addons: list[str]) -> list[Path]:
    found = []
    for file in ADDONS.glob("*/**/*"):
        parts = file.relative_to(ADDONS).parts
        if (
            parts[0] in addons
            and file.is_file()
            and not any(part in NOT_INSTALLED or part.startswith(".") for part in parts)
            and parts[1:3] != ("static", "description")
        ):
            found.append(file)
    return found
