"""A PrestaShop of the sandbox in this process, served over HTTP on a port of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platforms.documents import OrderDocument
from platforms.prestashop import PrestaShop
from platforms.transport import Transport, loopback
from sandbox.prestashop import order_controls
from sandbox.prestashop.goods import add_product
from sandbox.prestashop.seed import both
from sandbox.prestashop.site import PrestaShopSite
from sandbox.server import Sandbox, Server

KEY = "TESTKEYTESTKEYTESTKEYTESTKEY0000"


@dataclass
class Shop:
    """The shop from within (``site``, ``sandbox``) and from without (``url``, ``platform``)."""

    sandbox: Sandbox
    site: PrestaShopSite
    url: str
    platform: PrestaShop

    def control(self, method: str, path: str, **body: Any) -> Any:
        """What the control API does, without HTTP, so that only the platform's calls are counted."""
        with self.site.shop.store.transaction():
            return order_controls.answer(self.site.shop, method, path.split("/"), body)

    def again(self, **credentials: str) -> PrestaShop:
        """Another run: nothing is remembered of the shop. Calls are counted anew."""
        transport = Transport(timeout=(2, 5), allow=loopback, secrets=(KEY,), retries=0)
        return PrestaShop(self.url, {"key": KEY, **credentials}, transport)

    def tick(self, seconds: float = 5) -> None:
        self.sandbox.clock.advance(seconds)

    def now(self) -> datetime:
        return self.sandbox.clock.now()


def goods(shop: Shop) -> None:
    """A mug at 12.00 with tax, a book at 9.99 with 5.5 %, and tea at 4.95 with 10 %."""
    for sku, price, group in (("MUG", "10", "1"), ("BOOK", "9.469194", "3"), ("TEA", "4.5", "2")):
        with shop.site.shop.store.transaction():
            add_product(
                shop.site.shop,
                name=both(sku.title(), sku.title()),
                reference=sku,
                price=price,
                id_tax_rules_group=group,
                quantity=100,
            )


@contextmanager
def open_shop(version: str = "8.1.2") -> Iterator[Shop]:
    sandbox = Sandbox()
    site = PrestaShopSite(sandbox, KEY, with_catalogue=False)
    sandbox.sites.append(site)
    site.shop.change_settings({"version": version})
    with Server(sandbox) as server:
        found = Shop(sandbox, site, f"{server.url}/prestashop", None)  # type: ignore[arg-type]
        found.platform = found.again()
        goods(found)
        yield found
        found.platform.transport.close()


def orders(platform: PrestaShop, since: datetime | None = None) -> list[OrderDocument]:
    """Everything that a listing brings, in its order."""
    return list(map(platform.parse_order, raws(platform, since)))


def raws(platform: PrestaShop, since: datetime | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = platform.read_orders(since, cursor)
        assert len(page.raws) <= 200
        found.extend(page.raws)
        cursor = page.next
        if not cursor:
            return found
