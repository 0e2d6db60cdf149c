"""A shop connected to Odoo, as the stories need it: quickly set up, and asked what it shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

from dev import demo_shops
from dev.client import Client, Refused
from dev.sandbox import SandboxServer
from platforms.transport import Transport
from platforms.woocommerce.client import WooClient

T = TypeVar("T")


def wait_for(look: Callable[[], T], seconds: float = 60, every: float = 0.05) -> tuple[T, float]:
    """Look until there is something to see; returns it with the seconds it took.

    The longer it takes, the more rarely it looks: to look is work, too.
    """
    start = time.monotonic()
    while True:
        found = look()
        took = time.monotonic() - start
        if found:
            return found, took
        assert took < seconds, f"nothing after {seconds} s"
        time.sleep(max(every, min(took / 8, 0.5)))


def soon(took: float, seconds: float) -> None:
    """What took so long came in time: twice that on a machine that has nothing else to do, else as it is busier."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert took < seconds * 2 * max(1.0, busy), f"{took:.1f} s, of {seconds} s on a machine that is {busy:.1f} busy"


def connect(admin: Client, sandbox: SandboxServer, **values: Any) -> int:
    """A connected channel whose unknown products are created; returns its id once its webhooks are registered."""
    channel = demo_shops.connect_shop(
        admin, sandbox.url, import_from=False, **({"product_policy": "create", "tax_policy": "create"} | values)
    )
    wait_for(lambda: admin.call("ecom.channel", "read", [channel], ["webhooks_active"])[0]["webhooks_active"])
    return channel


def archived(admin: Client, channel: int) -> bool:
    """Archive the channel, unless one of its lanes is at work this moment."""
    try:
        admin.call("ecom.channel", "write", [channel], {"active": False})
    except Refused:
        return False
    return True


def place(sandbox: SandboxServer, count: int = 1, **options: Any) -> list[str]:
    """Have orders placed on the shop; returns their ids."""
    answer = sandbox.call("/sandbox/orders/random", {"count": count, "new_customers": True, **options})
    return [str(order_id) for order_id in answer["ids"]]


def order(admin: Client, external_id: str) -> dict[str, Any] | None:
    """The shop order as Odoo has it, once its sales order is confirmed."""
    fields = ("state", "sale_order_id", "amount_total", "shop_state", "number")
    found = admin.search_read("ecom.order", [("external_id", "=", external_id)], *fields)
    return found[0] if found and found[0]["state"] == "settled" else None


def shopkeeper(sandbox: SandboxServer) -> WooClient:
    """The shop's REST API, as its owner uses it."""
    return WooClient(sandbox.url, demo_shops.CONSUMER_KEY, demo_shops.CONSUMER_SECRET, Transport())


def meta(raw: dict[str, Any], key: str) -> Any:
    """The value of one of an order's metas."""
    return next((row["value"] for row in raw["meta_data"] if row["key"] == key), None)


def address(admin: Client, channel: int) -> tuple[str, str]:
    """The address that the shop calls, and the secret it signs with."""
    fields = ["webhook_token", "webhook_secret"]
    (found,) = admin.call("ecom.channel", "read", [channel], fields)
    return f"{admin.url}/ecom/webhook/{found['webhook_token']}", found["webhook_secret"]


def signed(body: bytes, secret: str, delivery: str, topic: str = "order.updated") -> dict[str, str]:
    """The headers with which WooCommerce delivers a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    resource, event = topic.split(".")
    return {
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": "http://shop.example/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
        "X-WC-Webhook-ID": "1",
        "X-WC-Webhook-Delivery-ID": delivery,
    }


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST and return the status; 0 when nobody answered."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0


def webhook_of(order_id: str) -> bytes:
    """The body of a delivery: our side only reads which order it is about."""
    return json.dumps({"id": int(order_id)}).encode()
