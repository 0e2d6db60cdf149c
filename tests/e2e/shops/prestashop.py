"""The PrestaShop sandbox: what its customers and owner do, they do in the shop, not through the webservice."""

from __future__ import annotations

from typing import Any

from dev.sandbox import SandboxServer
from shops.driver import Lines, Shop

KEY = "SANDBOXSANDBOXSANDBOXSANDBOX0000"


class PrestaShopShop(Shop):
    platform = "prestashop"

    def __init__(self) -> None:
        self.sandbox = SandboxServer(None, None, "--empty", "--prestashop-key", KEY)
        self.sandbox.start()
        self.url = f"{self.sandbox.url}/prestashop"
        self.credentials = {"key": KEY}

    def _do(self, path: str, body: Any = None) -> Any:
        return self.sandbox.call(f"/sandbox/prestashop/{path}", body)

    def sell(self, sku: str, name: str, price: str, quantity: int) -> tuple[str, str]:
        made = self._do("products", {"sku": sku, "name": name, "price": price, "quantity": quantity})
        return made["product_id"], made["variant_id"]

    def place(self, lines: Lines, *, paid: bool = True) -> str:
        return str(self._do("orders", {"lines": _rows(lines), "paid": paid})["id"])

    def pay(self, order_id: str) -> None:
        self._do(f"orders/{order_id}/pay", {})

    def cancel(self, order_id: str) -> None:
        self._do(f"orders/{order_id}/cancel", {})

    def refund(self, order_id: str, lines: Lines) -> None:
        self._do(f"orders/{order_id}/refund", {"lines": _rows(lines)})

    def stock(self, sku: str) -> int:
        return int(self._do("stock").get(sku, 0))

    def tracking(self, order_id: str) -> list[str]:
        return list(self._do(f"orders/{order_id}")["tracking"])

    def close(self) -> None:
        self.sandbox.stop()


def _rows(lines: Lines) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
