"""A shop without a package of ours, on a real server: the API over both transports, and the documented client."""

from __future__ import annotations

import subprocess
import sys
import xmlrpc.client
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import external
import shop
from dev.client import Client
from dev.paths import ROOT
from dev.server import OdooServer

LOGIN = "shop@example.com"


@pytest.fixture
def mug(admin: Client) -> int:
    """A thousand mugs on the shelves of the first warehouse."""
    product = int(
        admin.call("product.product", "create", {"name": "Mug", "default_code": "API-MUG", "is_storable": True})
    )
    (warehouse,) = admin.search_read("stock.warehouse", [], "lot_stock_id", limit=1)
    quant = {"product_id": product, "location_id": warehouse["lot_stock_id"][0], "inventory_quantity": 1000}
    counted = admin.call("stock.quant", "create", [quant], context={"inventory_mode": True})
    admin.call("stock.quant", "action_apply_inventory", counted)
    return product


@pytest.fixture
def connect(admin: Client, odoo: OdooServer, database: str) -> Callable[[type[external.Shop]], external.Shop]:
    """Set the shop up: a user, a channel that names it, and a key that the user creates for a year."""

    def set_up(kind: type[external.Shop]) -> external.Shop:
        user = external.create_user(admin, LOGIN, "base.group_user", "ecom_connector.group_api")
        _channel, code = external.create_channel(admin, "Atelier", [user])
        key = external.create_key(odoo.url, database, LOGIN)
        return kind(odoo.url, database, LOGIN, key, code)

    return set_up


def wrong_orders() -> dict[str, tuple[dict[str, Any], str, str]]:
    """Five orders, each wrong in its own way, with the field and the code that must be named."""
    without_total = external.order(4)
    del without_total["total"]
    line = external.order(5)["lines"][0]
    return {
        "A-1": (external.order(1, curency="EUR"), "curency", "unknown_field"),
        "A-2": (external.order(2, prices_include_tax="yes"), "prices_include_tax", "wrong_type"),
        "A-3": (external.order(3, currency="XXQ"), "currency", "unknown_currency"),
        "A-4": (without_total, "total", "missing"),
        "A-5": (external.order(5, lines=[line | {"quantity": -1}]), "lines[0].quantity", "negative"),
    }


@pytest.mark.parametrize(("kind", "count"), [(external.Shop, 200), (external.JsonShop, 50)])
def test_many_orders_twice_stock_and_tracking(
    admin: Client,
    mug: int,
    connect: Callable[[type[external.Shop]], external.Shop],
    kind: type[external.Shop],
    count: int,
) -> None:
    caller = connect(kind)
    assert caller.call("ping")["channels"] == [caller.channel]
    assert caller.call("stock_get", skus=["API-MUG"])[0]["quantity"] == 1000
    assert "API-MUG" in [item["sku"] for item in caller.call("product_list")["items"]]
    wrong = wrong_orders()
    orders = [wrong[ref][0] if (ref := f"A-{n}") in wrong else external.order(n) for n in range(1, count + 1)]
    sound = [order for order in orders if order["external_ref"] not in wrong]

    results = caller.call("order_push", orders=orders)
    assert [row["ref"] for row in results] == [order["external_ref"] for order in orders]
    for row in results:
        if row["ref"] in wrong:
            _order, field, code = wrong[row["ref"]]
            assert row["status"] == "error" and row["id"] == ""
            assert [(error["field"], error["code"]) for error in row["errors"]] == [(field, code)]
            assert row["errors"][0]["remedy"]
        else:
            assert row["status"] == "received" and row["id"].isdecimal() and not row["errors"]

    refs = [order["external_ref"] for order in sound]

    def settled() -> bool:
        return {row["status"] for row in caller.call("order_status", refs=refs)} == {"settled"}

    shop.wait_for(settled, seconds=120, every=0.5)
    statuses = caller.call("order_status", refs=refs)
    assert {row["sale_state"] for row in statuses} == {"sale"}
    assert [row["total"] for row in statuses] == [order["total"] for order in sound]
    sales = admin.search_read("sale.order", [("ecom_order_id", "!=", False)], "client_order_ref", "amount_tax")
    taxes = {order["number"]: order["total_tax"] for order in sound}
    assert {sale["client_order_ref"]: f"{sale['amount_tax']:.2f}" for sale in sales} == taxes
    assert len(sales) == len(sound) == count - len(wrong)

    def fingerprint() -> Any:
        fields = ["write_date", "state", "digest", "sale_order_id"]
        return admin.search_read("ecom.order", [], *fields, order="id")

    before = fingerprint()
    again = caller.call("order_push", orders=orders)
    assert {row["status"] for row in again} == {"unchanged", "error"}
    assert [row["id"] for row in again] == [row["id"] for row in results]
    assert fingerprint() == before
    assert admin.call("sale.order", "search_count", [("ecom_order_id", "!=", False)]) == len(sound)

    sold = sum(order["lines"][0]["quantity"] for order in sound)
    assert caller.call("stock_get", skus=["API-MUG"])[0]["quantity"] == 1000 - sold
    assert caller.call("tracking_list")["items"] == []
    ship(admin, statuses[0]["sale_order"], "6A12345678901")
    page, took = shop.wait_for(lambda: (found := caller.call("tracking_list"))["items"] and found)
    shop.soon(took, 1)
    (parcel,) = page["items"]
    assert (parcel["ref"], parcel["complete"]) == (refs[0], True)
    assert [row["number"] for row in parcel["parcels"]] == ["6A12345678901"]
    assert caller.call("tracking_list", cursor=page["cursor"])["items"] == []

    assert caller.call("order_cancel", refs=[refs[1]])[0]["status"] == "received"
    shop.wait_for(lambda: caller.call("order_status", refs=[refs[1]])[0]["sale_state"] == "cancel")


def ship(admin: Client, sale_order: str, tracking: str) -> None:
    (picking,) = admin.search_read("stock.picking", [("sale_id.name", "=", sale_order)], "move_ids")
    admin.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": tracking})
    admin.call("stock.move", "write", picking["move_ids"], {"picked": True})
    admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})


@pytest.mark.parametrize("kind", [external.Shop, external.JsonShop])
def test_money_that_comes_later_is_registered_once_and_followed_by_its_cursor(
    admin: Client, connect: Callable[[type[external.Shop]], external.Shop], mug: int, kind: type[external.Shop]
) -> None:
    client = connect(kind)
    (channel,) = admin.search_read("ecom.channel", [("code", "=", client.channel)], "id")
    admin.call("ecom.channel", "write", [channel["id"]], {"invoice_policy": "confirmed"})
    (bank,) = admin.search_read("account.journal", [("type", "=", "bank")], "id", limit=1)
    admin.call(
        "ecom.payment.mapping",
        "create",
        {"channel_id": channel["id"], "code": "transfer", "journal_id": bank["id"], "waits_for_money": True},
    )
    order = external.order(1)
    order |= {"state": "pending", "payments": [{"method": "transfer", "amount": order["total"]}]}
    client.call("order_push", orders=[order])
    shop.wait_for(lambda: client.call("order_status", refs=["A-1"])[0]["status"] == "settled", seconds=60)
    payment = {
        "external_ref": "VIR-1",
        "order": "A-1",
        "method": "transfer",
        "amount": order["total"],
        "currency": "EUR",
        "paid_at": "2026-11-05T09:00:00Z",
    }
    # Four calls at once: one registers it, the others find it.
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(client.call, "payment_register", payments=[payment]) for _number in range(4)]
        statuses = sorted(call.result()[0]["status"] for call in calls)
    assert statuses == ["received", "unchanged", "unchanged", "unchanged"]

    def told() -> list[dict[str, Any]]:
        admin.call("ecom.channel", "action_look_now", [channel["id"]])
        return list(client.call("payment_status")["items"])

    shop.wait_for(
        lambda: bool(admin.search_read("account.payment", [("ecom_order_id", "!=", False)], "id")), seconds=60
    )
    assert len(admin.search_read("account.payment", [("ecom_order_id", "!=", False)], "id")) == 1
    shop.wait_for(lambda: bool(told()), seconds=60)
    page = client.call("payment_status")
    assert [(row["transaction"], row["status"]) for row in page["items"]] == [("VIR-1", "booked")]
    assert client.call("payment_status", cursor=page["cursor"])["items"] == []


def test_the_same_call_sent_four_times_at_once_keeps_each_order_once(
    admin: Client, mug: int, connect: Callable[[type[external.Shop]], external.Shop]
) -> None:
    """A shop that waits too long asks again while the first call is still at work."""
    caller = connect(external.Shop)
    orders = [external.order(number) for number in range(1, 101)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _turn: caller.call("order_push", orders=orders), range(4)))
    assert len({row["id"] for answer in answers for row in answer}) == 100
    assert sorted({row["status"] for answer in answers for row in answer}) == ["received", "unchanged"]
    assert admin.call("ecom.order", "search_count", []) == 100


def test_parcels_that_leave_at_the_same_time_are_all_fetched(
    admin: Client, mug: int, connect: Callable[[type[external.Shop]], external.Shop]
) -> None:
    """A reader that keeps the cursor misses nothing, although transactions commit in any order."""
    caller = connect(external.Shop)
    refs = [f"A-{number}" for number in range(1, 13)]
    caller.call("order_push", orders=[external.order(number) for number in range(1, 13)])
    shop.wait_for(lambda: {row["status"] for row in caller.call("order_status", refs=refs)} == {"settled"}, seconds=60)
    names = [row["sale_order"] for row in caller.call("order_status", refs=refs)]
    seen: list[str] = []
    cursor = ""
    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(ship, Client(admin.url, admin.database), name, f"T-{name}") for name in names]

        def fetch() -> bool:
            nonlocal cursor
            page = caller.call("tracking_list", cursor=cursor, limit=3)
            cursor = page["cursor"]
            seen.extend(item["ref"] for item in page["items"])
            return len(seen) >= len(refs)

        shop.wait_for(fetch, seconds=60)
        for job in work:
            job.result()
    assert sorted(seen) == sorted(refs)


def test_the_documented_client_runs_as_it_stands(
    admin: Client, mug: int, odoo: OdooServer, database: str, connect: Callable[[type[external.Shop]], external.Shop]
) -> None:
    caller = connect(external.Shop)
    script = ROOT / "docs" / "examples" / "external_shop.py"
    code = [line for line in script.read_text().splitlines() if line.strip()]
    assert len(code) < 60
    arguments = [odoo.url, database, LOGIN, caller.key, caller.channel]
    run = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=60, check=True)
    assert "EXAMPLE-1 received" in run.stdout
    assert "sale 28.80" in run.stdout
    run = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=60, check=True)
    assert "EXAMPLE-1 unchanged" in run.stdout


def test_a_wrong_channel_says_so_over_both_transports(
    admin: Client, odoo: OdooServer, database: str, connect: Callable[[type[external.Shop]], external.Shop]
) -> None:
    caller = connect(external.Shop)
    _id, other = external.create_channel(admin, "Chez Bob", [])
    for code in (other, "nowhere"):
        caller.channel = code
        with pytest.raises(xmlrpc.client.Fault, match=f"There is no channel “{code}”"):
            caller.call("channel_info")
        status, answer = external.post_json(
            odoo.url, caller.key, "ecom.api", "channel_info", {"channel": code}, database
        )
        assert status == 404 and code in answer["message"] and "Bob" not in answer["message"]
    status, _answer = external.post_json(odoo.url, "0" * 40, "ecom.api", "ping", {}, database)
    assert status == 401
