"""What the sandbox's customers and owner do, and how orders are read from it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from contract import check_order
from shopify_shop import control

from platforms.documents import OrderDocument
from platforms.shopify import Shopify

LATELY = timedelta(minutes=10)


def do(shopify: Shopify, path: str, body: Any = None) -> Any:
    """Have something done in the sandbox; ``path`` is that of its control API."""
    return control(shopify, "POST", path, body)


def goods(shopify: Shopify, sku: str = "MUG", price: str = "12.00", quantity: int = 100) -> dict[str, str]:
    found: dict[str, str] = do(
        shopify, "shopify/products", {"sku": sku, "name": sku.title(), "price": price, "quantity": quantity}
    )
    return found


def place(shopify: Shopify, *lines: tuple[str, int], **values: Any) -> str:
    """A customer buys; the order's id."""
    rows = [{"sku": sku, "quantity": quantity} for sku, quantity in lines or (("MUG", 2),)]
    return str(do(shopify, "shopify/orders", {"lines": rows, **values})["id"])


def read(shopify: Shopify, order_id: str) -> OrderDocument:
    (raw,) = shopify.read_orders_by_id([order_id])
    return sound(shopify.parse_order(raw))


def listed(shopify: Shopify, since: datetime | None = None, *, all_time: bool = False) -> list[OrderDocument]:
    """All pages; ``all_time`` for a first import. A page that is not ready is asked for again at once."""
    since = None if all_time else since or datetime.now(timezone.utc) - LATELY
    found: list[OrderDocument] = []
    cursor = ""
    for _page in range(500):
        page = shopify.read_orders(since, cursor)
        found.extend(sound(shopify.parse_order(raw)) for raw in page.raws)
        cursor = page.next
        if not cursor:
            return found
    raise AssertionError("the listing does not end")


def sound(order: OrderDocument) -> OrderDocument:
    """The documents' law: lines are the total, and their taxes the order's, to the cent."""
    check_order(order)
    assert sum(line.gross for line in order.lines) == order.total, order.number
    assert sum(line.tax for line in order.lines) == order.total_tax, order.number
    return order
