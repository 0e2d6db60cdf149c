"""The inbound address: what it refuses, what it keeps, and that webhooks are only hints."""

from __future__ import annotations

import urllib.request

import shop
from dev.client import Client
from dev.sandbox import SandboxServer


def test_only_signed_deliveries_are_kept_and_each_once(admin: Client, sandbox: SandboxServer) -> None:
    channel = shop.connect(admin, sandbox)
    url, secret = shop.address(admin, channel)
    body = shop.webhook_of("4711")
    headers = shop.signed(body, secret, "d1")

    def kept() -> int:
        return int(admin.call("ecom.event", "search_count", [("external_id", "=", "4711")]))

    assert shop.post(url, body, {**headers, "X-WC-Webhook-Signature": "AAAA"}) == 401
    assert shop.post(url, body + b" ", headers) == 401
    assert shop.post(url, body, {"Content-Type": "application/json"}) == 401
    assert shop.post(f"{admin.url}/ecom/webhook/unknown", body, headers) == 404
    assert kept() == 0
    assert shop.post(url, body, headers) == 202
    assert shop.post(url, body, headers) == 200
    assert kept() == 1
    ping = {"Content-Type": "application/x-www-form-urlencoded"}
    assert shop.post(url, b"webhook_id=7", ping) == 200
    assert shop.post(url, b"webhook_id=7&more=1", ping) == 401
    assert shop.post(url, b"{" + b" " * 6 * 1024 * 1024, headers) == 413
    assert kept() == 1
    admin.call("ecom.channel", "write", [channel], {"webhook_secret": False})
    assert shop.post(url, body, shop.signed(body, "", "d2")) == 401, "no secret refuses"
    with urllib.request.urlopen(f"{admin.url}/web/health", timeout=10) as alive:
        assert alive.status == 200


def test_webhooks_that_the_shop_switched_off_are_switched_on_and_lost_orders_found(
    admin: Client, sandbox: SandboxServer
) -> None:
    channel = shop.connect(admin, sandbox)
    keeper = shop.shopkeeper(sandbox)
    hooks = [hook for hook in keeper.get("webhooks") if admin.url in hook["delivery_url"]]
    assert hooks
    for hook in hooks:
        keeper.put(f"webhooks/{hook['id']}", {"status": "disabled"})
    (order_id,) = shop.place(sandbox, kinds=[])
    admin.call("ecom.channel", "write", [channel], {"webhooks_checked_at": False})
    admin.call("ecom.channel", "action_look_now", [channel])
    shop.wait_for(lambda: shop.order(admin, order_id))
    shop.wait_for(lambda: all(hook["status"] == "active" for hook in keeper.get("webhooks")))
    assert len(keeper.get("webhooks")) == len(hooks), "none was doubled"
    shop.wait_for(lambda: shop.archived(admin, channel))
    assert not keeper.get("webhooks"), "a shop that is left calls no more"


def test_a_first_import_reads_a_page_a_call(admin: Client, sandbox: SandboxServer) -> None:
    ids = shop.place(sandbox, 130, kinds=[], lines=1)
    sandbox.call("/sandbox/calls", method="DELETE")
    shop.connect(admin, sandbox)
    there = [("external_id", "in", ids)]
    shop.wait_for(lambda: admin.call("ecom.order", "search_count", there) == 130, seconds=60)
    reads = [
        call
        for call in sandbox.call("/sandbox/calls?method=GET")["calls"]
        if call["path"].endswith("/orders") or "/orders/" in call["path"]
    ]
    assert len(reads) == 2 + 1, "two pages, and the look at the settings' order list of the connection test"


def test_a_busy_shop_is_left_alone_for_as_long_as_it_asks(admin: Client, sandbox: SandboxServer) -> None:
    channel = shop.connect(admin, sandbox)
    sandbox.call(
        "/sandbox/faults",
        {
            "path": "/wp-json/wc/v3/orders*",
            "kind": "status",
            "status": 429,
            "headers": {"Retry-After": "3"},
            "times": 1,
        },
    )
    (order_id,) = shop.place(sandbox, kinds=[])
    shop.wait_for(lambda: admin.call("ecom.channel", "read", [channel], ["not_before"])[0]["not_before"])
    calls = sandbox.call("/sandbox/calls?status=429")["count"]
    assert calls == 1
    admin.call("ecom.channel", "action_look_now", [channel])
    shop.wait_for(lambda: shop.order(admin, order_id), seconds=60)
