"""A real Medusa, installed from npm: its customers buy through its storefront's API, its owner clicks by its admin API.

It runs in ``make test-real``, where npm is reachable, and not with the simulated shops.
"""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from typing import Any

from dev import postgres
from dev.databases import Databases
from dev.medusa.people import MARIE, Customer, Shopkeeper
from dev.medusa.shop import MedusaShop as Running
from platforms.catalogue import ListingDocument
from shops.driver import Lines, Shop

_numbers = itertools.count(1)
_EMAIL = "marie.durand@example.com"


class MedusaShop(Shop):
    platform = "medusa"

    def __init__(self) -> None:
        self._running = ExitStack()
        databases = Databases(self._running.enter_context(postgres.running()))
        name = f"e2e_{os.getpid()}_story_{next(_numbers)}"
        self.shop = self._running.enter_context(Running(databases, name))
        self.url = self.shop.url
        self.facts = self.shop.facts
        self.credentials = {"secret_key": self.facts["secret_key"]}
        self.keeper = Shopkeeper(self.shop.admin, self.facts)
        self.customer = Customer(self.shop.store, self.facts)
        # Each story sells what it needs.
        for product in self.facts["products"].values():
            self.shop.admin.delete(f"/admin/products/{product}")
        names = {key: MARIE[key] for key in ("first_name", "last_name", "phone")}
        _id, self.token = self.customer.register(_EMAIL, **names)

    def sell(self, sku: str, name: str, price: str, quantity: int) -> tuple[str, str]:
        product, variant = self.keeper.sell(sku, name, float(price), quantity)
        return product, variant

    def place(self, lines: Lines, *, paid: bool = True) -> str:
        for sku, _quantity in lines:
            self._know(sku)
        provider = "pp_card_test" if paid else "pp_system_default"
        return self.customer.order(lines, email=_EMAIL, token=self.token, provider=provider)

    def pay(self, order_id: str) -> None:
        self.keeper.capture(order_id)

    def cancel(self, order_id: str) -> None:
        self.keeper.cancel(order_id)

    def refund(self, order_id: str, lines: Lines) -> None:
        """Medusa gives back for goods what a return is worth, and takes back only what it sent."""
        self.keeper.capture(order_id)
        self.keeper.fulfil(order_id)
        before = float(self.keeper.order(order_id, "total")["total"])
        self.keeper.take_back(order_id, dict(lines))
        worth = before - float(self.keeper.order(order_id, "total")["total"])
        self.keeper.refund(order_id, round(worth, 2))

    def listing(self, sku: str) -> ListingDocument | None:
        """Once it is whole: Medusa makes a product first and its prices after."""
        found = super().listing(sku)
        return found if found and all(offer.price is not None for offer in found.offers) else None

    def stock(self, sku: str) -> int:
        levels = [
            level
            for item in self._variant(sku).get("inventory_items") or ()
            for level in item["inventory"].get("location_levels") or ()
        ]
        return int(sum(level["stocked_quantity"] - level["reserved_quantity"] for level in levels))

    def tracking(self, order_id: str) -> list[str]:
        parcels = self.keeper.order(order_id, "*fulfillments,*fulfillments.labels")["fulfillments"]
        parcels.sort(key=lambda row: row["created_at"])
        return [label["tracking_number"] for row in parcels for label in row["labels"]]

    def close(self) -> None:
        self._running.close()

    def _know(self, sku: str) -> None:
        """The variant of a product that Odoo has published; the owner counts it where Odoo does not tell its stock."""
        if sku in self.facts["variants"]:
            return
        found = self._variant(sku)
        self.facts["variants"][sku] = found["id"]
        (item,) = found["inventory_items"]
        if not item["inventory"].get("location_levels"):
            path = f"/admin/inventory-items/{item['inventory_item_id']}/location-levels"
            self.shop.admin.post(path, {"location_id": self.facts["locations"]["Paris"], "stocked_quantity": 10})

    def _variant(self, sku: str) -> dict[str, Any]:
        places = "inventory_items.inventory.location_levels"
        fields = f"id,inventory_items.inventory_item_id,{places}.stocked_quantity,{places}.reserved_quantity"
        (found,) = self.shop.admin.get("/admin/product-variants", sku=sku, fields=fields)["variants"]
        return dict(found)
