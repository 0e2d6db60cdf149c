"""Hard hours of a catalogue: two people at once, a shop that fails in the middle, two servers while prices change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import shop
from dev.client import Client, Refused
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from test_catalogue import batch, imported, wait_for_state
from test_publishing import on_shop, products, publish, told

VARIATIONS = "/wp-json/wc/v3/variations"


def accepted(client: Client, model: str, method: str, *arguments: Any) -> bool:
    """Whether the server did what a person asked."""
    try:
        client.call(model, method, *arguments)
    except Refused:
        return False
    return True


def read(admin: Client, channel: int) -> int:
    batch_id = admin.call("ecom.channel", "action_import_catalogue", [channel])["res_id"]
    wait_for_state(admin, batch_id, "ready")
    return int(batch_id)


def test_two_people_decide_on_one_import_at_once(start_odoo: Callable[..., OdooServer], sandbox: SandboxServer) -> None:
    """What a person left out in time is left out; what was imported by then cannot be decided any more."""
    people = [start_odoo().client(), start_odoo().client()]
    admin = people[0]
    channel = shop.connect(admin, sandbox, calls_per_second=200)
    sandbox.call("/sandbox/products/many", {"count": 120, "variants": 2})
    batch_id = read(admin, channel)
    found = [("import_id", "=", batch_id), ("sku", "=like", "BULK-%")]
    lines = admin.search_read("ecom.catalogue.import.line", found, "sku", order="id desc")
    with ThreadPoolExecutor(2) as pool:
        started = list(
            pool.map(lambda person: accepted(person, "ecom.catalogue.import", "action_start", [batch_id]), people)
        )
        assert sorted(started) == [False, True], "it is started once"

        def leave(person: Client, part: list[dict[str, Any]]) -> set[str]:
            return {
                line["sku"]
                for line in part
                if accepted(person, "ecom.catalogue.import.line", "action_skip", [line["id"]])
            }

        # Both go through the last third, each from an end of its own, so that they meet in the middle.
        last = lines[: len(lines) // 3]
        left: set[str] = set().union(*pool.map(leave, people, [last, last[::-1]]))
    wait_for_state(admin, batch_id, "done")
    skus = [
        row["default_code"]
        for row in admin.search_read("product.product", [("default_code", "=like", "BULK-%")], "default_code")
    ]
    assert len(skus) == len(set(skus)), "nothing twice"
    assert set(skus) == {line["sku"] for line in lines} - left
    assert not batch(admin, batch_id)["failed_count"]


def test_a_shop_that_fails_in_the_middle_of_a_page_is_read_to_its_end(admin: Client, sandbox: SandboxServer) -> None:
    channel = shop.connect(admin, sandbox, calls_per_second=200)
    sandbox.call("/sandbox/products/many", {"count": 110, "variants": 2})
    for fault in (
        {"kind": "status", "status": 502, "times": 2},
        {"kind": "bad_json", "times": 1},
        {"kind": "drop_connection", "times": 1},
    ):
        sandbox.call("/sandbox/faults", {"path": VARIATIONS, **fault})
    batch_id = admin.call("ecom.channel", "action_import_catalogue", [channel])["res_id"]

    def is_read() -> bool:
        if batch(admin, batch_id)["state"] == "ready":
            return True
        admin.call("ecom.channel", "action_look_now", [channel])  # else it waits longer after each failure
        return False

    shop.wait_for(is_read, seconds=90, every=1)
    assert all(fault["struck"] == fault["times"] for fault in sandbox.call("/sandbox/faults")["faults"])
    assert len(sandbox.call("/sandbox/calls?status=502")["calls"]) == 2
    found = [("import_id", "=", batch_id), ("sku", "=like", "BULK-%")]
    skus = [row["sku"] for row in admin.search_read("ecom.catalogue.import.line", found, "sku")]
    assert len(skus) == len(set(skus)) == 110 * 2, "each article once, with all its variants"
    admin.call("ecom.catalogue.import", "action_start", [batch_id])
    assert wait_for_state(admin, batch_id, "done")["failed_count"] == 0
    assert imported(admin) == 110 * 2


def test_two_servers_tell_prices_that_change_all_the_time_once_and_lose_none(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer
) -> None:
    people = [start_odoo(cron_threads=2).client(), start_odoo(cron_threads=2).client()]
    admin = people[0]
    channel = shop.connect(admin, sandbox, calls_per_second=200)
    templates = products(admin, 40, taxes_id=[[6, 0, []]])
    publish(admin, channel, templates)
    told(admin, len(templates))
    newest = {"order": "version desc", "limit": 1}
    (before,) = admin.search_read("ecom.listing", [("channel_id", "=", channel)], "version", **newest)
    changes = threading.Lock()
    done = [0]

    def change(number: int) -> None:
        """Each person changes every product's price, three times, in an order of their own."""
        mine = templates if number else templates[::-1]
        for turn in range(3):
            for template in mine:
                price = round(100 + 10 * turn + number + template / 100, 2)
                if accepted(people[number], "product.template", "write", [template], {"list_price": price}):
                    with changes:
                        done[0] += 1

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(change, range(2)))
    told(admin, len(templates))
    prices = admin.search_read("product.template", [("id", "in", templates)], "default_code", "list_price")
    wrong = [
        row for row in prices if float(on_shop(sandbox, row["default_code"])["regular_price"]) != row["list_price"]
    ]
    assert not wrong
    (after,) = admin.search_read("ecom.listing", [("channel_id", "=", channel)], "version", **newest)
    assert 0 < after["version"] - before["version"] <= done[0], "no change is told twice"
    assert not admin.call("ecom.listing", "search_count", [("differs", "!=", False)])
