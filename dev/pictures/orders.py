"""Orders of the demonstration's shops: placed there, and awaited here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from dev.client import Client
from dev.sandbox import SandboxServer
from dev.say import Problem

SHOP = "Maison Lumière"

T = TypeVar("T")
Places = dict[str, Any]
"""What the pictures are of, by name: ids of records, and the shop's numbers of orders."""


def place(shop: SandboxServer, count: int = 1, **options: Any) -> list[str]:
    """Have orders placed on a shop; returns its numbers of them."""
    answer = shop.call("/sandbox/orders/random", {"count": count, "new_customers": True, **options})
    return [str(order_id) for order_id in answer["ids"]]


def settled(admin: Client, external_id: str, shop: str = SHOP) -> dict[str, Any] | None:
    """A shop's order as Odoo has it, once it has become a sales order."""
    domain = [
        ("external_id", "=", external_id),
        ("state", "=", "settled"),
        ("channel_id.name", "=", shop),
        ("sale_order_id", "!=", False),
    ]
    found = admin.search_read("ecom.order", domain, "sale_order_id")
    return dict(found[0]) if found else None


def wait_for(look: Callable[[], T | None], patience: float = 120.0) -> T:
    """Look until there is something to see.

    :raise Problem: when nothing comes (seconds)
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise Problem("The demonstration for the pictures did not become ready in time. See .run/logs.")
