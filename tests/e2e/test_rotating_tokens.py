"""Access tokens that end within the hour, and refresh tokens that are good for once, on two servers with all lanes."""

from __future__ import annotations

from collections.abc import Callable

from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from shop import wait_for

GRANTS = "/sandbox/calls?method=POST&path=/lumiere/admin/oauth/access_token"


def test_each_refresh_token_is_spent_once(start_odoo: Callable[..., OdooServer], proving: bool) -> None:
    """Whoever finds its token refused asks for another; the others wait and take that one."""
    with SandboxServer(None, None, "--empty") as sandbox:
        admin = start_odoo().client()
        start_odoo()
        channel = connect(admin, sandbox)
        lanes = admin.search_read("ir.cron", [("ecom_channel_id", "=", channel)], "ir_actions_server_id", "ecom_flow")
        looked = {lane["ecom_flow"] for lane in lanes}
        assert {"orders", "stock", "listings"} <= looked
        sandbox.call("/sandbox/calls", method="DELETE")
        for number in range(1, 10 if proving else 3):
            sandbox.call("/sandbox/clock", {"advance": 3700})
            admin.call("ecom.channel", "action_look_now", [channel])
            admin.call("ecom.channel", "action_compare_stock", [channel])
            admin.call("ecom.channel", "action_import_catalogue", [channel])
            wait_for(lambda: polled(admin, channel))  # the button has emptied it
            wait_for(
                lambda: not admin.call("ecom.channel", "read", [channel], ["stock_comparing"])[0]["stock_comparing"]
            )
            batches = [("channel_id", "=", channel), ("state", "=", "reading")]
            wait_for(lambda batches=batches: not admin.call("ecom.catalogue.import", "search_count", batches))
            assert sandbox.call(GRANTS)["count"] == number
        (found,) = admin.call("ecom.channel", "read", [channel], ["last_error"])
        assert not found["last_error"]


def polled(admin: Client, channel: int) -> object:
    return admin.call("ecom.channel", "read", [channel], ["orders_polled_at"])[0]["orders_polled_at"]


def connect(admin: Client, sandbox: SandboxServer) -> int:
    values = {"name": "Lumière", "platform": "shopify", "url": f"{sandbox.url}/lumiere", "stock_push": True}
    (channel,) = admin.call("ecom.channel", "create", [values])
    credentials = {
        "client_id": "sandbox-client",
        "client_secret": "shpss_sandbox",
        "refresh_token": sandbox.call("/sandbox/shopify/tokens", {})["refresh_token"],
    }
    for key, value in credentials.items():
        rows = admin.call("ecom.credential", "search", [("channel_id", "=", channel), ("key", "=", key)])
        admin.call("ecom.credential", "write", rows, {"value": value})
    admin.call("ecom.channel", "action_connect", [channel])
    wait_for(lambda: polled(admin, channel))
    return int(channel)
