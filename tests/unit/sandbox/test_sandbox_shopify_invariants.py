"""Whatever is done to the Shopify shop's orders, in whatever order: its stock, fulfilment orders and sums agree."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from shopify_support import ShopifyClient, open_shopify

from sandbox.shopify import fulfilment_changes, holding, order_changes, orders, refunding, stock
from sandbox.shopify.money import amount, presented
from sandbox.shopify.resolving import Refused

Doc = dict[str, Any]


def check(shop: ShopifyClient, hand: int) -> None:
    """Everything agrees; ``hand`` is what is in the building besides what was sent and came back."""
    state = shop.site.shop
    committed: Counter[int] = Counter()
    for order in state.all("orders").values():
        todo: Counter[int] = Counter()
        for doc in orders.fulfilment_orders(state, order):
            for row in doc["lines"]:
                assert 0 <= row["remainingQuantity"] <= row["totalQuantity"]
                if doc["status"] in orders.OPEN:
                    todo[row["lineItemId"]] += row["remainingQuantity"]
        for line in order["lines"]:
            waiting = orders.unfulfilled(order, line)
            assert todo[line["id"]] == waiting, (order["name"], line["sku"])
            assert 0 <= line["removed"] <= line["quantity"]
            item_id = stock.tracked_item(state, line)
            if item_id:
                committed[item_id] += waiting
        found = orders.state(order)
        for bag in (found["currentTotalPriceSet"], found["currentTotalTaxSet"], found["currentShippingPriceSet"]):
            assert amount(bag) >= 0, order["name"]
            assert presented(bag) >= 0, order["name"]
        if order.get("cancelledAt"):
            assert amount(found["netPaymentSet"]) == 0
    for item in state.all("items").values():
        levels = item["levels"].values()
        assert sum(level["committed"] for level in levels) == committed[item["id"]], item["sku"]
    assert sum(stock.quantity(level, "on_hand") for item in state.all("items").values()
               for level in item["levels"].values()) == hand  # fmt: skip


class Owner:
    """Does things to orders at random."""

    def __init__(self, shop: ShopifyClient, seed: int) -> None:
        self.shop = shop
        self.random = random.Random(seed)
        state = shop.site.shop
        self.hand = sum(stock.quantity(level, "on_hand") for item in state.all("items").values()
                        for level in item["levels"].values())  # fmt: skip

    def step(self) -> None:
        state = self.shop.site.shop
        known = list(state.all("orders"))
        act = self.random.choice(
            ("sell", "sell", "send", "send", "refund", "refund", "cancel", "move", "hold", "release", "edit")
        )
        with state.store.transaction(), suppress(Refused), state.attempt():
            if act == "sell" or not known:
                kinds = self.random.choice(([], ["code"], ["foreign"], ["taxes"], ["pending"], ["authorized"]))
                self.shop.order(*kinds, seed=self.random.random(), lines=2)
            else:
                getattr(self, act)(self.random.choice(known))

    def _open(self, number: int) -> Doc:
        state = self.shop.site.shop
        found = [doc for doc in orders.fulfilment_orders(state, state.all("orders")[number])
                 if doc["status"] in ("OPEN", "IN_PROGRESS")]  # fmt: skip
        if not found:
            raise Refused("nothing waits")
        return holding.load(state, self.random.choice(found)["id"])

    def send(self, number: int) -> None:
        doc = self._open(number)
        left = [row for row in doc["lines"] if row["remainingQuantity"]]
        rows = [(row, self.random.randint(1, row["remainingQuantity"])) for row in left]
        before = self._hand()
        fulfilment_changes.send(self.shop.site.shop, [(doc, rows[: self.random.randint(1, len(rows))])], [])
        self.hand += self._hand() - before

    def refund(self, number: int) -> None:
        order = self.shop.site.shop.all("orders")[number]
        line = self.random.choice(order["lines"])
        how = self.random.choice(("CANCEL", "RETURN", "NO_RESTOCK"))
        row = {"lineItemId": line["id"], "quantity": self.random.randint(1, 2), "restockType": how}
        before = self._hand()
        refunding.refund(self.shop.site.shop, number, [row])
        self.hand += self._hand() - before if how == "RETURN" else 0
        if how == "NO_RESTOCK":
            self.hand += self._hand() - before

    def _hand(self) -> int:
        return sum(stock.quantity(level, "on_hand") for item in self.shop.site.shop.all("items").values()
                   for level in item["levels"].values())  # fmt: skip

    def cancel(self, number: int) -> None:
        state = self.shop.site.shop
        order_changes.cancel(state, fulfilment_changes.order_of(state, number), "CUSTOMER", True, True)

    def move(self, number: int) -> None:
        doc = self._open(number)
        to = next(key for key in self.shop.site.shop.all("locations") if key != doc["locationId"])
        self.shop.ask(
            f'mutation {{ fulfillmentOrderMove(id: "gid://shopify/FulfillmentOrder/{doc["id"]}", '
            f'newLocationId: "gid://shopify/Location/{to}") {{ userErrors {{ message }} }} }}'
        )

    def hold(self, number: int) -> None:
        holding.hold(self.shop.site.shop, self._open(number)["id"], "OTHER")

    def release(self, number: int) -> None:
        self.shop.control(f"orders/{number}/release", {})

    def edit(self, number: int) -> None:
        begun = self.shop.ask(
            f'mutation {{ orderEditBegin(id: "gid://shopify/Order/{number}") {{ calculatedOrder {{ id '
            "lineItems(first: 9) { nodes { id quantity } } } userErrors { message } } }"
        )["orderEditBegin"]["calculatedOrder"]
        if begun is None:
            return
        line = self.random.choice(begun["lineItems"]["nodes"])
        wanted = max(0, line["quantity"] + self.random.choice((-1, 1, 2)))
        self.shop.ask(
            f'mutation {{ orderEditSetQuantity(id: "{begun["id"]}", lineItemId: "{line["id"]}", quantity: {wanted}, '
            "restock: true) { userErrors { message } } }"
        )
        self.shop.ask(f'mutation {{ orderEditCommit(id: "{begun["id"]}") {{ userErrors {{ message }} }} }}')


@pytest.mark.parametrize("seed", range(8))
def test_stock_fulfilment_orders_and_sums_agree(seed: int) -> None:
    with open_shopify() as shop:
        shop.control("settings", {"restore_rate": 1e9})
        owner = Owner(shop, seed)
        for _ in range(40):
            owner.step()
            check(shop, owner.hand)
