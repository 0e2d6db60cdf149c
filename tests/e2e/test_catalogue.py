"""A shop's catalogue on real servers: read, looked at, imported through a crash, and read again without effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Any

import shop
from dev.browser import Browser
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer

PRODUCTS, VARIANTS = 130, 3
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def batch(admin: Client, batch_id: int) -> dict[str, Any]:
    fields = ["state", "read_count", "to_create_count", "done_count", "failed_count", "kept_count", "line_count"]
    (found,) = admin.call("ecom.catalogue.import", "read", [batch_id], fields)
    return found


def wait_for_state(admin: Client, batch_id: int, state: str, seconds: float = 120) -> dict[str, Any]:
    found, _ = shop.wait_for(
        lambda: now if (now := batch(admin, batch_id))["state"] == state else None, seconds=seconds, every=0.2
    )
    return found


def imported(admin: Client) -> int:
    return admin.call("product.product", "search_count", [("default_code", "=like", "BULK-%")])


def test_a_catalogue_is_imported_through_a_crash_and_undone(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer
) -> None:
    odoo = start_odoo()
    admin = odoo.client()
    channel = shop.connect(admin, sandbox)
    admin.call("ecom.channel", "write", [channel], {"calls_per_second": 200})
    sandbox.call("/sandbox/products/many", {"count": PRODUCTS, "variants": VARIANTS})
    sandbox.call("/sandbox/calls", method="DELETE")

    batch_id = admin.call("ecom.channel", "action_import_catalogue", [channel])["res_id"]
    ready = wait_for_state(admin, batch_id, "ready")
    assert imported(admin) == 0, "nothing changes before a person says so"
    assert ready["to_create_count"] >= PRODUCTS * VARIANTS
    calls = sandbox.call("/sandbox/calls?method=GET&path=/wp-json/wc/v3/products")["count"]
    assert calls <= ceil(ready["read_count"] / 100) + 1

    admin.call("ecom.catalogue.import", "action_start", [batch_id])
    shop.wait_for(lambda: imported(admin) > 0, every=0.02)
    odoo.kill()
    odoo.start()
    admin.call("ecom.channel", "action_look_now", [channel])  # else the workers look after a minute
    done = wait_for_state(admin, batch_id, "done")
    assert (done["failed_count"], imported(admin)) == (0, PRODUCTS * VARIANTS)
    rows = admin.search_read("product.product", [("default_code", "=like", "BULK-%")], "default_code")
    assert len({row["default_code"] for row in rows}) == len(rows), "nothing twice"

    again = admin.call("ecom.channel", "action_import_catalogue", [channel])["res_id"]
    assert again != batch_id
    assert wait_for_state(admin, again, "ready")["to_create_count"] == 0
    assert admin.call(
        "ecom.catalogue.import.line", "search_count", [("import_id", "=", again), ("result", "=", "linked")]
    ) >= len(rows)

    used = admin.call("product.product", "search", [("default_code", "=", "BULK-000001-XS")])
    time.sleep(2.5)
    admin.call("product.product", "write", used, {"weight": 9.0})
    admin.call("ecom.catalogue.import", "action_undo", [batch_id])
    wait_for_state(admin, batch_id, "undone")
    kept = admin.search_read("ecom.catalogue.import.line", [("state", "=", "kept")], "sku", "message", "done_at")
    assert [row["sku"] for row in kept] == ["BULK-000001-XS"], kept
    assert imported(admin) == 1, "what was changed since stays"


def test_pictures_come_along_through_a_crash(start_odoo: Callable[..., OdooServer], sandbox: SandboxServer) -> None:
    odoo = start_odoo()
    admin = odoo.client()
    channel = shop.connect(admin, sandbox)
    keeper = shop.shopkeeper(sandbox)
    own = admin.call("product.template", "create", {"name": "Source", "image_1920": PIXEL})
    admin.call("ecom.listing", "create", [{"channel_id": channel, "product_tmpl_id": own, "kept_up": True}])
    rows, _ = shop.wait_for(
        lambda: admin.search_read("ecom.media", [("external_id", "!=", False)], "url", "external_id")
    )
    picture = int(rows[0]["external_id"])  # it is in the shop's library now
    for number in range(6):
        keeper.post(
            "products",
            {"name": f"Tea {number}", "sku": f"TEA-{number}", "regular_price": "4", "images": [{"id": picture}]},
        )
    batch_id = admin.call("ecom.channel", "action_import_catalogue", [channel])["res_id"]
    wait_for_state(admin, batch_id, "ready")
    admin.call("ecom.catalogue.import", "action_start", [batch_id])
    shop.wait_for(
        lambda: admin.call("product.product", "search_count", [("default_code", "=like", "TEA-%")]) == 6, every=0.02
    )
    odoo.kill()
    odoo.start()
    admin.call("ecom.channel", "action_look_now", [channel])  # else the workers look after a minute
    assert wait_for_state(admin, batch_id, "done")["failed_count"] == 0
    found = admin.search_read("product.template", [("default_code", "=like", "TEA-%")], "image_1920")
    assert len(found) == 6
    assert all(row["image_1920"] for row in found)
    assert admin.call("ecom.issue", "search_count", [("code", "=", "picture_missing")]) == 0


def test_a_manager_reads_and_imports_in_the_browser(odoo: OdooServer, sandbox: SandboxServer, browser: Browser) -> None:
    admin = odoo.client()
    channel = shop.connect(admin, sandbox)
    keeper = shop.shopkeeper(sandbox)
    keeper.post("products", {"name": "Tea", "sku": "TEA", "regular_price": "4.20"})
    keeper.post("products", {"name": "Nameless", "regular_price": "5.00"})
    browser.log_in(odoo.url, path=f"/odoo/ecommerce-channels/{channel}")
    browser.click("button[name=action_import_catalogue]")
    browser.wait_for_element("button[name=action_start]:not(.d-none)")
    (found,) = admin.search_read("ecom.catalogue.import", [], "state", "doubt_count")
    assert found["doubt_count"] >= 1
    browser.click("button[name=action_start]")
    shop.wait_for(lambda: admin.call("product.product", "search_count", [("default_code", "=", "TEA")]))
    wait_for_state(admin, found["id"], "done")
    browser.wait_for_element("button[name=action_undo]")
    assert browser.console == []
