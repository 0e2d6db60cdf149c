"""The WooCommerce sandbox, used through its own REST API as its owner does."""

from __future__ import annotations

from typing import Any

import shop
from dev import demo_shops
from dev.sandbox import SandboxServer
from shops.driver import Lines, Shop


class WooCommerceShop(Shop):
    platform = "woocommerce"

    def __init__(self) -> None:
        self.sandbox = SandboxServer(None, None, "--empty")
        self.sandbox.start()
        self.url = self.sandbox.url
        self.credentials = {"consumer_key": demo_shops.CONSUMER_KEY, "consumer_secret": demo_shops.CONSUMER_SECRET}
        self.keeper = shop.shopkeeper(self.sandbox)
        self.products: dict[str, int] = {}
        address = {
            "first_name": "Marie",
            "last_name": "Durand",
            "address_1": "1 rue de la Paix",
            "city": "Paris",
            "postcode": "75002",
            "country": "FR",
        }
        self.address = address
        self.customer = self.keeper.post(
            "customers", {"email": "marie@example.com", "billing": address, "shipping": address, **_name(address)}
        )["id"]

    def sell(self, sku: str, name: str, price: str, quantity: int) -> tuple[str, str]:
        body = {"name": name, "sku": sku, "regular_price": price, "manage_stock": True, "stock_quantity": quantity}
        self.products[sku] = self.keeper.post("products", body)["id"]
        return str(self.products[sku]), ""

    def place(self, lines: Lines, *, paid: bool = True) -> str:
        method = {"payment_method": "stripe", "set_paid": True, "status": "processing"}
        body: dict[str, Any] = {
            "customer_id": self.customer,
            "billing": {**self.address, "email": "marie@example.com", "phone": "06 12 34 56 78"},
            "shipping": self.address,
            "line_items": [{"product_id": self._product(sku), "quantity": quantity} for sku, quantity in lines],
            **(method if paid else {"payment_method": "bacs", "status": "on-hold"}),
        }
        return str(self.keeper.post("orders", body)["id"])

    def _product(self, sku: str) -> int:
        if sku not in self.products:
            self.products[sku] = self.keeper.page("products", {"sku": sku}).rows[0]["id"]
        return self.products[sku]

    def pay(self, order_id: str) -> None:
        self.keeper.put(f"orders/{order_id}", {"status": "processing", "set_paid": True})

    def cancel(self, order_id: str) -> None:
        self.keeper.put(f"orders/{order_id}", {"status": "cancelled"})

    def refund(self, order_id: str, lines: Lines) -> None:
        items = {item["sku"]: item for item in self.keeper.get(f"orders/{order_id}")["line_items"]}
        rows = []
        for sku, quantity in lines:
            item = items[sku]
            share = quantity / item["quantity"]
            taxes = [{"id": tax["id"], "refund_total": float(tax["total"]) * share} for tax in item["taxes"]]
            total = float(item["total"]) * share
            rows.append({"id": item["id"], "quantity": quantity, "refund_total": total, "refund_tax": taxes})
        amount = sum(row["refund_total"] + sum(tax["refund_total"] for tax in row["refund_tax"]) for row in rows)
        body = {"amount": f"{amount:.2f}", "line_items": rows, "api_refund": False, "api_restock": False}
        self.keeper.post(f"orders/{order_id}/refunds", body)

    def stock(self, sku: str) -> int:
        return int(self.keeper.get(f"products/{self._product(sku)}")["stock_quantity"] or 0)

    def tracking(self, order_id: str) -> list[str]:
        items = shop.meta(self.keeper.get(f"orders/{order_id}"), "_wc_shipment_tracking_items") or []
        return [item["tracking_number"] for item in items]

    def close(self) -> None:
        self.sandbox.stop()


def _name(address: dict[str, str]) -> dict[str, str]:
    return {"first_name": address["first_name"], "last_name": address["last_name"]}
