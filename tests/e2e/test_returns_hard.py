"""Returns where it hurts: paid back by several at once, while the shop is away, with the server killed on the way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import shop
from dev.client import Client, Refused
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from test_returns import ask, shipped

KILLS = 2
SLOW = 2.0
"""Seconds that the shop takes for a refund while the server is killed."""


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[SandboxServer]:
    """A shop that remembers its orders when it is started again."""
    with SandboxServer(None, tmp_path / "shop") as server:
        yield server


def received(admin: Client, order: dict[str, Any], quantity: int = 1) -> int:
    """A return whose goods are here and as new; its id."""
    found = ask(admin, order, quantity)
    admin.call("ecom.return", "action_receive_all", [found])
    admin.call("ecom.return", "action_restock_all", [found])
    return found


def try_to(client: Client, method: str, found: int) -> str:
    """Call a button of a return; what it was refused with, empty where it went through or nobody answered."""
    try:
        client.call("ecom.return", method, [found])
    except Refused as refusal:
        return str(refusal)
    except OSError:
        pass
    return ""


def paid_back(admin: Client, channel: int, found: int) -> Any:
    """The return's refunds once the shop has paid, without waiting for the next attempt's turn, nor for the minute that
    a server that was started again sleeps before it looks for work.
    """
    rows = admin.search_read("ecom.refund", [("return_id", "=", found)], "state", "amount", "external_id")
    waiting = [("channel_id", "=", channel), ("kind", "=", "refund"), ("state", "in", ("pending", "sending"))]
    if commands := admin.search_read("ecom.command", waiting, "state", "attempts"):
        tried = [row["id"] for row in commands if row["state"] == "pending" and row["attempts"]]
        admin.call("ecom.command", "write", tried, {"next_try_at": "2026-01-01 00:00:00"})
        admin.call("ecom.channel", "action_look_now", [channel])
    return rows if rows and all(row["state"] == "done" for row in rows) else None


def check_once(
    admin: Client, shop_of: SandboxServer, order: dict[str, Any], found: int, refund: dict[str, Any]
) -> None:
    """One credit note, one refund here, and the same one there; the goods are on the shelf."""
    notes = admin.search_read(
        "account.move", [("ecom_return_id", "=", found)], "amount_total", "state", "amount_residual"
    )
    assert [(note["state"], note["amount_total"]) for note in notes] == [("posted", refund["amount"])]
    made = shop.shopkeeper(shop_of).get(f"orders/{order['id']}/refunds")
    assert [(str(row["id"]), float(row["amount"])) for row in made] == [(refund["external_id"], refund["amount"])]
    (state,) = admin.call("ecom.return", "read", [found], ["state"])
    assert state["state"] == "settled"
    assert len(admin.search_read("ecom.return", [("sale_order_id", "=", order["sale"])])) == 1


def test_three_ask_for_more_than_was_delivered_and_three_pay_back_at_once(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer
) -> None:
    first, second = start_odoo(), start_odoo()
    admin = first.client()
    channel = shop.connect(admin, sandbox, invoice_policy="confirmed")
    order = shipped(admin, sandbox, 3)
    clients = [server.client() for server in (first, second, first)]
    for client in clients:
        assert client.uid
    with ThreadPoolExecutor(len(clients)) as pool:
        made = list(pool.map(lambda client: ask(client, order, 2), clients))
    assert sum(map(bool, made)) == 1, "two of three can come back once"
    found = next(filter(None, made))
    admin.call("ecom.return", "action_receive_all", [found])
    admin.call("ecom.return", "action_restock_all", [found])
    with ThreadPoolExecutor(len(clients)) as pool:
        words = list(pool.map(lambda client: try_to(client, "action_settle", found), clients))
    assert all(not said or "paid back already" in said for said in words), words
    (refund,), _ = shop.wait_for(lambda: paid_back(admin, channel, found), every=0.2)
    check_once(admin, sandbox, order, found, refund)


def test_a_refund_waits_for_a_shop_that_is_down(admin: Client, lasting: SandboxServer) -> None:
    channel = shop.connect(admin, lasting, invoice_policy="confirmed")
    order = shipped(admin, lasting)
    found = received(admin, order)
    lasting.kill()
    admin.call("ecom.return", "action_settle", [found])
    tried = [("refund_id.return_id", "=", found), ("attempts", ">", 0)]
    shop.wait_for(lambda: admin.search_read("ecom.command", tried))
    for _again in range(2):
        assert paid_back(admin, channel, found) is None
    (refund,) = admin.search_read("ecom.refund", [("return_id", "=", found)], "state")
    assert refund["state"] == "pending", "it waits, it did not fail"
    lasting.start()
    (refund,), _ = shop.wait_for(lambda: paid_back(admin, channel, found), seconds=90, every=0.5)
    check_once(admin, lasting, order, found, refund)


def test_the_server_is_killed_while_the_shop_pays_back(odoo: OdooServer, sandbox: SandboxServer) -> None:
    """The shop has begun, and nobody is there any more to hear that it paid."""
    admin = odoo.client()
    channel = shop.connect(admin, sandbox, invoice_policy="confirmed")
    order = shipped(admin, sandbox)
    found = received(admin, order)
    path = f"/wp-json/wc/v3/orders/{order['id']}/refunds"
    slow = {"kind": "slow", "seconds": SLOW, "path": path, "method": "POST", "times": 1}
    sandbox.call("/sandbox/faults", slow)
    admin.call("ecom.return", "action_settle", [found])
    sending = [("refund_id.return_id", "=", found), ("state", "=", "sending")]
    shop.wait_for(lambda: admin.search_read("ecom.command", sending))
    time.sleep(SLOW / 4)  # the request is on its way
    odoo.kill()
    keeper = shop.shopkeeper(sandbox)
    shop.wait_for(lambda: keeper.get(f"orders/{order['id']}/refunds"))
    odoo.start()
    (refund,), _ = shop.wait_for(lambda: paid_back(admin, channel, found), seconds=90, every=0.5)
    check_once(admin, sandbox, order, found, refund)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(2, 6))])
def test_the_server_is_killed_at_any_moment_of_paying_back(odoo: OdooServer, sandbox: SandboxServer, seed: int) -> None:
    """Somebody presses the button, the server dies, and they press it again."""
    dice = random.Random(seed)
    admin = odoo.client()
    channel = shop.connect(admin, sandbox, invoice_policy="confirmed")
    order = shipped(admin, sandbox, 1)
    found = received(admin, order)
    with ThreadPoolExecutor(1) as pool:
        for _kill in range(KILLS):
            pressed: Future[str] = pool.submit(try_to, odoo.client(), "action_settle", found)
            time.sleep(dice.uniform(0, 0.6))
            odoo.kill()
            said = pressed.result()
            assert not said or "paid back already" in said, said
            odoo.start()
    try_to(admin, "action_settle", found)
    (refund,), _ = shop.wait_for(lambda: paid_back(admin, channel, found), seconds=90, every=0.5)
    check_once(admin, sandbox, order, found, refund)
