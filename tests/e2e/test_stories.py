"""The merchant's day, told over every shop alike. What a shop cannot do is skipped, and the skip says so.

All stories of a shop are told on one site and one Odoo, with a channel and goods of each story's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from typing import Any, TypeVar

import pytest

from dev.client import Client
from dev.server import OdooServer
from platforms.documents import OrderState
from shop import archived, wait_for
from shops.driver import Shop

T = TypeVar("T")

SHOPS = {
    "woocommerce": "WooCommerceShop",
    "shopify": "ShopifyShop",
    "prestashop": "PrestaShopShop",
}
numbers = count(1)


@dataclass
class Story:
    """A shop, and the Odoo that it is connected to."""

    shop: Shop
    admin: Client
    channel: int = 0
    number: int = 0

    def sku(self, name: str) -> str:
        """What only this story calls so."""
        return f"{name}-{self.number}"

    def begin(self, **values: Any) -> None:
        """Connect them."""
        self.channel = self.shop.connect(self.admin, **values)
        if self.shop.can.webhooks:
            self.until(lambda: self.read("ecom.channel", self.channel, "webhooks_active")["webhooks_active"])

    def until(self, look: Callable[[], T], seconds: float = 20) -> T:
        """Wait until there is something to see; a shop that does not call is asked for news now and then."""
        turns = iter(range(1_000_000))

        def asking() -> T:
            if self.channel and not self.shop.can.webhooks and next(turns) % 20 == 0:
                self.admin.call("ecom.channel", "action_look_now", [self.channel])
            return look()

        return wait_for(asking, seconds=seconds)[0]

    def read(self, model: str, record: int, *fields: str) -> dict[str, Any]:
        return dict(self.admin.call(model, "read", [record], list(fields))[0])

    def product(self, sku: str, quantity: int, price: float = 12.0) -> int:
        """A product of Odoo's with so many on the shelf."""
        values = {"name": f"Article {sku}", "default_code": sku, "is_storable": True, "list_price": price}
        (product,) = self.admin.call("product.product", "create", [values])
        self.count(product, quantity)
        return int(product)

    def count(self, product: int, quantity: int) -> None:
        (row,) = self.admin.search_read("stock.warehouse", [], "lot_stock_id", limit=1, order="id")
        values = {"product_id": product, "location_id": row["lot_stock_id"][0], "inventory_quantity": quantity}
        quants = self.admin.call("stock.quant", "create", [values], context={"inventory_mode": True})
        self.admin.call("stock.quant", "action_apply_inventory", quants)

    def both(self, sku: str, quantity: int, price: str = "12.00") -> int:
        """The same product here and on the shop."""
        self.shop.sell(sku, f"Article {sku}", price, quantity)
        return self.product(sku, quantity)

    def shop_order(self, order_id: str) -> dict[str, Any]:
        """The order as Odoo has it, once it is settled."""
        domain = [("external_id", "=", order_id), ("channel_id", "=", self.channel), ("state", "=", "settled")]
        fields = ("sale_order_id", "amount_refunded", "refund_ids")
        return dict(self.until(lambda: self.admin.search_read("ecom.order", domain, *fields))[0])

    def sale(self, order_id: str) -> int:
        return int(self.shop_order(order_id)["sale_order_id"][0])

    def deliveries(self, sale: int) -> list[dict[str, Any]]:
        open_ones = [("sale_id", "=", sale), ("state", "not in", ("done", "cancel"))]
        return self.admin.search_read("stock.picking", open_ones, "state", "move_ids", order="id")

    def ship(self, delivery: dict[str, Any], tracking: str, moves: list[int] | None = None) -> None:
        """Send a delivery, or some of it, with this number."""
        rest = [move for move in delivery["move_ids"] if moves and move not in moves]
        if rest:
            self.admin.call("stock.move", "write", rest, {"quantity": 0, "picked": False})
        for move in self.admin.call("stock.move", "read", moves or delivery["move_ids"], ["product_uom_qty"]):
            values = {"quantity": move["product_uom_qty"], "picked": True}
            self.admin.call("stock.move", "write", [move["id"]], values)
        self.admin.call("stock.picking", "write", [delivery["id"]], {"carrier_tracking_ref": tracking})
        context = {"skip_sms": True, "skip_backorder": True}
        self.admin.call("stock.picking", "button_validate", [delivery["id"]], context=context)


@pytest.fixture(scope="module", params=SHOPS)
def site(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Each shop in turn."""
    shop = getattr(import_module(f"shops.{request.param}"), SHOPS[request.param])()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def admin(shared_odoo: OdooServer) -> Client:
    return shared_odoo.client()


@pytest.fixture
def story(site: Shop, admin: Client) -> Iterator[Story]:
    """``begin`` connects the shop; it is left again in the end."""
    found = Story(site, admin, number=next(numbers))
    yield found
    if found.channel:
        wait_for(lambda: archived(admin, found.channel))


def test_an_order_is_reserved_to_the_cent_and_its_parcel_is_shown(story: Story) -> None:
    mug, pen = story.sku("MUG"), story.sku("PEN")
    story.both(mug, 10, "19.99")
    story.both(pen, 10, "3.33")
    story.begin()
    order_id = story.shop.place([(mug, 2), (pen, 3)])
    sale = story.sale(order_id)
    document = story.shop.order(order_id)
    fields = ("state", "amount_total", "amount_tax", "partner_id", "partner_shipping_id", "client_order_ref")
    found = story.read("sale.order", sale, *fields)
    assert (found["state"], found["client_order_ref"]) == ("sale", document.number)
    assert f"{found['amount_total']:.2f}" == f"{document.total:.2f}"
    assert f"{found['amount_tax']:.2f}" == f"{document.total_tax:.2f}"
    partner = story.read("res.partner", found["partner_id"][0], "name", "email")
    assert (partner["name"], partner["email"]) == (document.billing.name, document.customer.email)
    place = story.read("res.partner", found["partner_shipping_id"][0], "street", "zip", "city", "country_code")
    there = document.shipping
    assert tuple(place[key] for key in ("street", "zip", "city", "country_code")) == (
        there.street,
        there.zip,
        there.city,
        there.country,
    )
    (delivery,) = story.deliveries(sale)
    assert delivery["state"] == "assigned"
    story.ship(delivery, "6A12345678901")
    story.until(lambda: story.shop.tracking(order_id) == ["6A12345678901"])
    story.until(lambda: story.shop.order(order_id).state == OrderState.COMPLETED)
    told = [("order_id.external_id", "=", order_id)]
    story.until(lambda: story.admin.call("ecom.command", "search_count", [*told, ("state", "=", "done")]))
    (command,) = story.admin.search_read("ecom.command", told, "attempts")
    assert command["attempts"] == 1


def test_two_parcels_leave_apart(story: Story) -> None:
    mug, pen = story.sku("MUG"), story.sku("PEN")
    story.both(mug, 10)
    story.both(pen, 10)
    story.begin()
    order_id = story.shop.place([(mug, 1), (pen, 2)])
    sale = story.sale(order_id)
    (first,) = story.deliveries(sale)
    story.ship(first, "PART-1", first["move_ids"][:1])
    story.until(lambda: story.shop.tracking(order_id) == ["PART-1"])
    assert story.shop.order(order_id).state == OrderState.CONFIRMED
    (second,) = story.deliveries(sale)
    story.ship(second, "PART-2")
    story.until(lambda: sorted(story.shop.tracking(order_id)) == ["PART-1", "PART-2"])
    story.until(lambda: story.shop.order(order_id).state == OrderState.COMPLETED)


def test_a_cancellation_travels_both_ways(story: Story) -> None:
    if OrderState.CANCELLED not in story.shop.can.push_states:
        pytest.skip(f"{story.shop.platform} cannot be told to cancel")
    mug = story.sku("MUG")
    story.both(mug, 10)
    story.begin()
    there, here = story.shop.place([(mug, 1)]), story.shop.place([(mug, 2)])
    sales = {order_id: story.sale(order_id) for order_id in (there, here)}
    story.shop.cancel(there)
    story.until(lambda: story.read("sale.order", sales[there], "state")["state"] == "cancel")
    story.admin.call("sale.order", "action_cancel", [sales[here]])
    story.until(lambda: story.shop.order(here).state == OrderState.CANCELLED)
    assert not story.admin.search_read("ecom.command", [("order_id.external_id", "=", there)], "key"), "no echo"


def test_a_refund_on_the_shop_is_seen_once(story: Story) -> None:
    mug = story.sku("MUG")
    story.both(mug, 10, "19.99")
    story.begin()
    order_id = story.shop.place([(mug, 3)])
    story.sale(order_id)
    story.shop.refund(order_id, [(mug, 1)])
    story.until(lambda: story.shop_order(order_id)["refund_ids"])
    (refund,) = story.shop.order(order_id).refunds
    found = story.shop_order(order_id)
    assert len(found["refund_ids"]) == 1
    assert f"{found['amount_refunded']:.2f}" == f"{refund.amount:.2f}"
    (line,) = refund.lines
    assert line.quantity == 1


def test_a_transfer_is_waited_for(story: Story) -> None:
    if not story.shop.can.awaited_payments:
        pytest.skip(f"{story.shop.platform} does not tell which payments are promised only")
    mug = story.sku("MUG")
    story.both(mug, 10)
    story.begin()
    order_id = story.shop.place([(mug, 1)], paid=False)
    sale = story.sale(order_id)
    assert story.read("sale.order", sale, "state", "ecom_hold")["ecom_hold"] == "money"
    story.shop.pay(order_id)
    story.until(lambda: not story.read("sale.order", sale, "ecom_hold")["ecom_hold"])
    (delivery,) = story.deliveries(sale)
    assert delivery["state"] == "assigned"


def test_products_go_out_and_what_is_sold_of_them_comes_in(story: Story) -> None:
    if "name" not in story.shop.can.publishes:
        pytest.skip(f"{story.shop.platform} is not told of products")
    new = story.sku("NEW")
    story.begin(stock_push=True)
    product = story.product(new, 5, 24.0)
    (template,) = story.admin.call("product.product", "read", [product], ["product_tmpl_id"])
    wizard = story.admin.call(
        "ecom.listing.publish",
        "create",
        {
            "product_ids": [[6, 0, [template["product_tmpl_id"][0]]]],
            "channel_ids": [[6, 0, [story.channel]]],
            "state": "on",
        },
    )
    story.admin.call("ecom.listing.publish", "action_publish", [wizard])
    listing = story.until(lambda: story.shop.listing(new))
    assert listing.name == f"Article {new}"
    price = listing.offers[0].price
    story.admin.call("product.product", "write", [product], {"list_price": 36.0})
    story.until(lambda: (now := story.shop.listing(new)) and now.offers[0].price == price * 3 / 2)
    story.admin.call("product.product", "write", [product], {"name": "Article renamed"})
    story.until(lambda: (now := story.shop.listing(new)) and now.name == "Article renamed")
    story.until(lambda: story.shop.stock(new) == 5)
    order_id = story.shop.place([(new, 1)])
    sale = story.sale(order_id)
    lines = story.admin.search_read("sale.order.line", [("order_id", "=", sale)], "product_id", order="id", limit=1)
    assert lines[0]["product_id"][0] == product


def test_a_catalogue_is_read_and_tied_by_its_skus(story: Story) -> None:
    if not story.shop.can.reads_catalogue:
        pytest.skip(f"{story.shop.platform} does not show its catalogue")
    mug, other = story.sku("MUG"), story.sku("ONLY-THERE")
    product = story.both(mug, 4)
    story.shop.sell(other, "Article de la boutique", "8.00", 1)
    story.begin()
    batch = story.admin.call("ecom.channel", "action_import_catalogue", [story.channel])["res_id"]

    def state() -> str:
        return str(story.read("ecom.catalogue.import", batch, "state")["state"])

    story.until(lambda: state() == "ready")
    story.admin.call("ecom.catalogue.import", "action_start", [batch])
    story.until(lambda: state() == "done")
    offers = story.admin.search_read("ecom.offer", [("channel_id", "=", story.channel)], "sku", "product_id")
    found = {offer["sku"]: offer["product_id"] for offer in offers}
    assert found[mug][0] == product
    assert "Article de la boutique" in found[other][1]


def test_stock_is_the_same_on_both_sides(story: Story) -> None:
    if not story.shop.can.pushes_stock:
        pytest.skip(f"{story.shop.platform} is not told of stock")
    mug = story.sku("MUG")
    product = story.both(mug, 3)
    story.begin(stock_push=True)
    link_catalogue(story)
    story.count(product, 12)
    story.until(lambda: story.shop.stock(mug) == 12)
    order_id = story.shop.place([(mug, 2)])
    sale = story.sale(order_id)
    story.until(lambda: story.shop.stock(mug) == 10)
    assert story.read("product.product", product, "free_qty")["free_qty"] == 10
    story.admin.call("sale.order", "action_cancel", [sale])
    story.until(lambda: story.shop.stock(mug) == 12)
    levels = [("channel_id", "=", story.channel), ("waiting", "=", True)]
    story.until(lambda: not story.admin.call("ecom.stock.level", "search_count", levels))
    issues = [("channel_id", "=", story.channel), ("code", "like", "stock_")]
    assert not story.admin.search_read("ecom.issue", issues, "message")


def link_catalogue(story: Story) -> None:
    """Tie what the shop sells to our products, so that their stock is told."""
    batch = story.admin.call("ecom.channel", "action_import_catalogue", [story.channel])["res_id"]
    story.until(lambda: story.read("ecom.catalogue.import", batch, "state")["state"] == "ready")
    story.admin.call("ecom.catalogue.import", "action_start", [batch])
    story.until(lambda: story.read("ecom.catalogue.import", batch, "state")["state"] == "done")


def test_a_customer_s_data_travel_both_ways(story: Story) -> None:
    if not (story.shop.can.reads_customers and story.shop.can.push_customers):
        pytest.skip(f"{story.shop.platform} does not exchange customers")
    mug = story.sku("MUG")
    story.both(mug, 10)
    story.begin(customer_sync="both")
    order_id = story.shop.place([(mug, 1)])
    sale = story.read("sale.order", story.sale(order_id), "partner_id")
    customer = story.shop.order(order_id).customer.external_id
    assert customer
    story.admin.call("res.partner", "write", [sale["partner_id"][0]], {"email": "corrected@example.com"})

    def email() -> str:
        (raw,) = story.shop.reader.read_customers([customer])
        return story.shop.reader.parse_customer(raw).customer.email

    story.until(lambda: email() == "corrected@example.com")
