"""The demo's content: what ``make run`` puts in a fresh database and connects to the sandbox shops."""

from __future__ import annotations

from dev.client import Client

DATABASE = "ecom_demo"


def prepare(odoo_url: str, sandbox_url: str) -> Client:
    """Get a running demo ready for a person and return the administrator's client.

    Called at every start of ``make run``: whatever it creates must be looked for first. ``sandbox_url`` is empty when
    the checkout has no sandbox.
    """
    admin = Client(odoo_url, DATABASE)
    admin.call("ir.config_parameter", "set_param", "web.base.url", odoo_url)
    return admin
