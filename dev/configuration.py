"""Odoo's configuration file for development: written afresh for each server, test run or build."""

from __future__ import annotations

from pathlib import Path

from dev import pdf_engine
from dev.environment import odoo_source
from dev.paths import ADDONS, cache, run_folder
from dev.postgres import Connection


def write(name: str, connection: Connection, database: str, **options: object) -> Path:
    """Write ``.run/<name>.conf`` for one database and return its path. Options are Odoo's own, None leaves one out.

    The name must be of this run alone: several runs of one checkout may go on at the same time.
    """
    addons = [ADDONS, *odoo_source().addons]
    settings: dict[str, object] = {
        **connection.odoo_options(),
        "db_name": database,
        "list_db": False,
        "addons_path": ",".join(map(str, addons)),
        "data_dir": cache() / "data",
        "bin_path": pdf_engine.folder(),
        "http_interface": "127.0.0.1",
        "max_cron_threads": 0,
        "publisher_warranty_url": "http://127.0.0.1:9",
        "smtp_server": "127.0.0.1",
        "smtp_port": 9,
        "screenshots": run_folder() / "screenshots",
        **options,
    }
    file = run_folder() / f"{name}.conf"
    lines = [f"{key} = {value}" for key, value in settings.items() if value is not None]
    file.write_text("\n".join(["[options]", *lines, ""]))
    return file
