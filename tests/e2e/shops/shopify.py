"""The Shopify sandbox: what its customers and owner do, they do in the shop, not through an app."""

from __future__ import annotations

from typing import Any

from dev.sandbox import SandboxServer
from shops.driver import Lines, Shop

TOKEN, SECRET = "shpat_sandbox", "shpss_sandbox"


class ShopifyShop(Shop):
    platform = "shopify"

    def __init__(self) -> None:
        self.sandbox = SandboxServer(None, None, "--empty")
        self.sandbox.start()
        self.url = self.sandbox.url
        self.credentials = {"access_token": TOKEN, "client_secret": SECRET}
        # Each story's channel counts its own calls only, as each app does on a shop.
        self._do("settings", {"bucket": 10**6, "restore_rate": 10**4})

    def _do(self, path: str, body: Any = None) -> Any:
        return self.sandbox.call(f"/sandbox/shopify/{path}", body)

    def sell(self, sku: str, name: str, price: str, quantity: int) -> tuple[str, str]:
        made = self._do("products", {"sku": sku, "name": name, "price": price, "quantity": quantity})
        return made["product_id"], made["variant_id"]

    def place(self, lines: Lines, *, paid: bool = True) -> str:
        rows = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
        return str(self._do("orders", {"lines": rows, "paid": paid})["id"])

    def pay(self, order_id: str) -> None:
        self._do(f"orders/{order_id}/pay", {})

    def cancel(self, order_id: str) -> None:
        self._do(f"orders/{order_id}/cancel", {})

    def refund(self, order_id: str, lines: Lines) -> None:
        self._do(
            f"orders/{order_id}/refund", {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}
        )

    def stock(self, sku: str) -> int:
        return int(self._do("stock").get(sku, 0))

    def tracking(self, order_id: str) -> list[str]:
        return list(self._do(f"orders/{order_id}")["tracking"])

    def close(self) -> None:
        self.sandbox.stop()
