"""A module of the merchant's that tells each change of an order at once, signed; without its address, nobody is told.

The format is that of ``docs/prestashop.md``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable

from ..delivery import Courier, Letter, Parcel
from .shop import Shop


def tell(shop: Shop, courier: Courier, orders: Iterable[int]) -> None:
    """Send a line for each of these orders."""
    settings = shop.settings
    for key in orders if settings["hook_url"] else ():
        letter = _letter(settings["hook_url"], settings["hook_secret"], key, shop.next_id("hooks"), shop.call_headers)
        courier.send(Parcel("order.changed", None, lambda letter=letter: letter, lambda status: None))  # type: ignore[misc]


def _letter(url: str, secret: str, key: int, event: int, headers: dict[str, str]) -> Letter:
    body = json.dumps({"kind": "order", "id": key, "event": f"{event:x}"}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    signed = {"Content-Type": "application/json", "X-Ecom-Signature": f"sha256={signature}"}
    return Letter(url, body, {**headers, **signed})
