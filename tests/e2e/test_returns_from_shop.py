"""A customer asks for a return in their account of a Shopify shop, or somebody in Odoo makes one; it is answered,
received and paid in Odoo, and the shop shows each step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from dev.client import Client
from dev.server import OdooServer
from platforms.returns import ReturnState
from shops.shopify import ShopifyShop
from test_stories import Story

SLOW = 1.5
"""Seconds that the shop takes for each call while the server is killed."""


@pytest.fixture
def story(admin: Client) -> Iterator[Story]:
    shop = ShopifyShop()
    try:
        yield Story(shop, admin)
    finally:
        shop.close()


def page(story: Story, order_id: str, action: str = "", **form: str) -> str:
    """The order as its customer sees it, after they sent a form perhaps."""
    data = urlencode(form).encode() if action else None
    path = f"orders/{order_id}/{action}".rstrip("/")
    with urlopen(f"{story.shop.url}/lumiere/shop/{path}", data, timeout=30) as answer:
        return str(answer.read().decode())


def test_from_the_customer_s_click_to_what_the_shop_shows(story: Story) -> None:
    story.both("MUG", 10)
    story.begin(invoice_policy="confirmed")
    order_id = story.shop.place([("MUG", 2)])
    sale = story.sale(order_id)
    (delivery,) = story.deliveries(sale)
    assert "Demander un retour" not in page(story, order_id), "nothing was sent yet"
    story.ship(delivery, "6A1")
    story.until(lambda: story.shop.tracking(order_id) == ["6A1"])

    # The customer asks on the shop; somebody here sees it.
    line = story.shop.order(order_id).lines[0].external_id
    shown = page(story, order_id, "return", line=line, quantity="1", reason="DEFECTIVE", note="Fêlée")
    assert "demandé, en attente de réponse" in shown

    def ours() -> Any:
        fields = ("name", "state", "kind", "note", "shop_return_state")
        return story.admin.search_read("ecom.return", [("sale_order_id", "=", sale)], *fields)

    (found,) = story.until(ours)
    assert (found["state"], found["kind"]) == ("requested", "conformity") and "Fêlée" in found["note"]

    # Approved here, it is approved there.
    story.admin.call("ecom.return", "action_approve", [found["id"]])
    story.until(lambda: "accepté, colis attendu" in page(story, order_id))

    # Received, inspected and paid back: the shop pays, and shows the money with the return.
    for step in ("action_receive_all", "action_restock_all", "action_settle"):
        story.admin.call("ecom.return", step, [found["id"]])

    def paid() -> Any:
        rows = story.admin.search_read(
            "ecom.refund", [("return_id", "=", found["id"])], "state", "amount", "external_id"
        )
        return rows if rows and all(row["state"] == "done" for row in rows) else None

    (refund,) = story.until(paid)
    assert refund["amount"] == 12.0
    story.until(lambda: "terminé" in page(story, order_id))
    order = story.shop.order(order_id)
    (there,), (returned,) = order.refunds, order.returns
    assert (there.external_id, float(there.amount)) == (refund["external_id"], 12.0)
    assert (there.return_id, returned.state) == (returned.external_id, ReturnState.CLOSED)

    # Told again by the shop, it is one return, one refund, one credit note; and the piece is for sale again.
    story.until(lambda: story.shop_order(order_id)["amount_refunded"] == 12.0)
    assert len(ours()) == 1
    notes = story.admin.search_read("account.move", [("ecom_return_id", "=", found["id"])], "amount_total", "state")
    assert [(note["state"], note["amount_total"]) for note in notes] == [("posted", 12.0)]
    open_ones = [("order_id.external_id", "=", order_id), ("state", "=", "open")]
    assert story.admin.search_read("ecom.issue", open_ones, "message") == []
    (product,) = story.admin.search_read("product.product", [("default_code", "=", "MUG")], "free_qty")
    assert product["free_qty"] == 9


def sent(story: Story) -> tuple[str, int]:
    """An order of two mugs that left: its id, and its sales order."""
    story.both("MUG", 10)
    story.begin(invoice_policy="confirmed")
    order_id = story.shop.place([("MUG", 2)])
    sale = story.sale(order_id)
    (delivery,) = story.deliveries(sale)
    story.ship(delivery, "6A2")
    story.until(lambda: story.shop.tracking(order_id) == ["6A2"])
    return order_id, sale


def begun(story: Story, sale: int) -> int:
    """A return of one mug that somebody in Odoo makes."""
    mug = [("order_id", "=", sale), ("product_id.default_code", "=", "MUG")]
    (line,) = story.admin.search_read("sale.order.line", mug, "id")
    goods = [(0, 0, {"sale_line_id": line["id"], "quantity": 1})]
    return int(story.admin.call("ecom.return", "create", [{"sale_order_id": sale, "line_ids": goods}])[0])


def test_what_begins_in_odoo_is_on_the_customer_s_page_once(story: Story) -> None:
    order_id, sale = sent(story)
    found = begun(story, sale)
    story.until(lambda: "accepté, colis attendu" in page(story, order_id))
    for step in ("action_receive_all", "action_restock_all", "action_settle"):
        story.admin.call("ecom.return", step, [found])
    story.until(lambda: "terminé" in page(story, order_id))
    (refund,), (returned,) = story.shop.order(order_id).refunds, story.shop.order(order_id).returns
    assert (refund.return_id, returned.state) == (returned.external_id, ReturnState.CLOSED)

    # The shop's own news of it are here by now.
    story.until(lambda: story.shop_order(order_id)["amount_refunded"] == 12.0)
    returns = story.admin.search_read("ecom.return", [("sale_order_id", "=", sale)], "state", "shop_return_state")
    assert [row["shop_return_state"] for row in returns] == ["closed"]
    open_ones = [("order_id.external_id", "=", order_id), ("state", "=", "open")]
    assert story.admin.search_read("ecom.issue", open_ones, "message") == []


def test_the_server_is_killed_while_the_shop_makes_the_return(odoo: OdooServer, story: Story) -> None:
    """Nobody is there any more to hear that it is made."""
    order_id, sale = sent(story)
    slow = {"kind": "slow", "seconds": SLOW, "path": "*graphql.json", "times": 1000}
    story.shop.sandbox.call("/sandbox/faults", slow)
    found = begun(story, sale)
    sending = [("new_return_id", "=", found), ("state", "=", "sending")]
    story.until(lambda: story.admin.search_read("ecom.command", sending))
    # It looks for the return, and for what was sent: the third call makes it.
    time.sleep(SLOW * 2.5)
    odoo.kill()
    story.until(lambda: "accepté, colis attendu" in page(story, order_id))
    urlopen(Request(f"{story.shop.url}/sandbox/faults", method="DELETE"), timeout=30).close()
    odoo.start()
    there = [("id", "=", found), ("shop_return_id", "!=", False)]
    story.until(lambda: story.admin.search_read("ecom.return", there), seconds=60)
    (returned,) = story.shop.order(order_id).returns
    ours = story.admin.search_read("ecom.return", [("sale_order_id", "=", sale)], "shop_return_id")
    assert [row["id"] for row in ours] == [found] and returned.state == ReturnState.OPEN
    done = [("new_return_id", "=", found), ("state", "in", ("done", "cancelled"))]
    story.until(lambda: story.admin.search_read("ecom.command", done), seconds=60)
    assert len(story.shop.order(order_id).returns) == 1
