"""What a story asks of a shop: to sell, to be paid, to cancel and to give back, as its owner and customers do it.

What the shop shows is read through its platform, whose documents are the same for all; recordings of the real shops
hold the platforms to the truth elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from dev.client import Client
from platforms.base import Platform, platform_class
from platforms.catalogue import ListingDocument
from platforms.documents import OrderDocument
from platforms.transport import Transport

Lines = Sequence[tuple[str, int]]  # SKU and pieces


class Shop(ABC):
    """A running shop. ``platform`` is its code; ``credentials`` are those that the platform declares."""

    platform: ClassVar[str]
    url: str
    credentials: Mapping[str, str]

    # --- what happens on it

    @abstractmethod
    def sell(self, sku: str, name: str, price: str, quantity: int) -> tuple[str, str]:
        """Have a product that the shop counts; its ids as documents say them, (product, variant)."""

    @abstractmethod
    def place(self, lines: Lines, *, paid: bool = True) -> str:
        """A customer with an account orders; unpaid, they promise a transfer. Returns the order's id."""

    @abstractmethod
    def pay(self, order_id: str) -> None:
        """The money of the transfer arrives."""

    @abstractmethod
    def cancel(self, order_id: str) -> None: ...

    @abstractmethod
    def refund(self, order_id: str, lines: Lines) -> None:
        """The owner gives money back for these, and puts nothing back on the shelf."""

    # --- what it shows

    @abstractmethod
    def stock(self, sku: str) -> int: ...

    @abstractmethod
    def tracking(self, order_id: str) -> list[str]:
        """The parcels' numbers that the customer sees, in the order of their telling."""

    def close(self) -> None:  # noqa: B027 - nothing to end where the shop runs on
        """End it."""

    # --- the same for all

    @property
    def can(self):  # type: ignore[no-untyped-def]
        return platform_class(self.platform).capabilities

    @cached_property
    def reader(self) -> Platform:
        """The shop's platform, as another program would use it."""
        transport = Transport(secrets=self.credentials.values())
        return platform_class(self.platform)(self.url, self.credentials, transport)

    def order(self, order_id: str) -> OrderDocument:
        (raw,) = self.reader.read_orders_by_id([order_id])
        document = self.reader.parse_order(raw)
        if not document.refunds_complete:
            raw = {**raw, "_refunds": self.reader.read_refunds([document])[order_id]}
            document = self.reader.parse_order(raw)
        return document

    def listing(self, sku: str) -> ListingDocument | None:
        found = self.reader.read_products([sku])
        if not found:
            return None
        (raw,) = self.reader.read_listings([found[0].product_id])
        return self.reader.parse_listing(raw)

    def connect(self, admin: Client, **values: object) -> int:
        """Have a channel of Odoo's for it, connected; returns its id."""
        defaults = {"product_policy": "create", "tax_policy": "create", "import_from": False}
        (channel,) = admin.call(
            "ecom.channel",
            "create",
            [{"name": "Boutique", "platform": self.platform, "url": self.url, **defaults, **values}],
        )
        for key, value in self.credentials.items():
            rows = admin.call("ecom.credential", "search", [("channel_id", "=", channel), ("key", "=", key)])
            admin.call("ecom.credential", "write", rows, {"value": value})
        admin.call("ecom.channel", "action_connect", [channel])
        return int(channel)
