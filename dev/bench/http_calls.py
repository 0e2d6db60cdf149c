"""HTTP calls that 1,000 orders, products and changes of stock take on each platform, beside those of peers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.demo_shops import CONSUMER_KEY, CONSUMER_SECRET
from dev.sandbox import SandboxServer
from dev.say import say

LINES = 3
PEERS = (
    "published by peers for as many: OCA connector-shopify 1 call an order (+ refunds + returns), 2 a SKU and location,"
    " 1 a product written",
    "Tryton: Shopify 50 for orders, 4 for stock (+ 1 a SKU to activate it); WooCommerce 100 for orders, 1 a changed"
    " SKU; PrestaShop 1 + 3 an order; OCA connector_prestashop 14: about 5 + lines an order, 3 a SKU and shop",
)


@dataclass
class Stand:
    """A platform's sandbox: where it is, how one signs in, and how it is filled."""

    path: str
    credentials: dict[str, str]
    products: Callable[[SandboxServer, int], Any]
    orders: Callable[[SandboxServer, int], Any]
    settings: dict[str, Any] | None = None


def _volume(shop: str) -> tuple[Callable[[SandboxServer, int], Any], Callable[[SandboxServer, int], Any]]:
    def products(sandbox: SandboxServer, count: int) -> Any:
        return sandbox.call(f"/sandbox/{shop}products/many", {"count": count, "variants": 0})

    def orders(sandbox: SandboxServer, count: int) -> Any:
        return sandbox.call(f"/sandbox/{shop}orders/many", {"count": count, "lines": LINES})

    return products, orders


def _woo_orders(sandbox: SandboxServer, count: int) -> Any:
    from dev.bench import shop_orders

    return sandbox.call("/sandbox/orders/import", shop_orders.orders(count, shop_orders.skus(50)))


def _presta_orders(sandbox: SandboxServer, count: int) -> None:
    for start in range(0, count, 50):
        some = {"count": min(50, count - start), "lines": LINES, "kinds": []}
        sandbox.call("/sandbox/prestashop/orders/random", some)


STANDS = {
    "woocommerce": Stand(
        "", {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}, _volume("")[0], _woo_orders
    ),
    "shopify": Stand(
        "/lumiere", {"access_token": "shpat_sandbox"}, *_volume("shopify/"), {"bucket": 10**8, "restore_rate": 10**6}
    ),
    "prestashop": Stand(
        "/prestashop", {"key": "SANDBOXSANDBOXSANDBOXSANDBOX0000"}, _volume("prestashop/")[0], _presta_orders
    ),
}


def measure(bed: Bed, size: int | None, _rounds: int) -> Case:
    """Each platform's package alone, over HTTP against its sandbox: the counts are exact, the seconds are not."""
    count = size or 1000
    case = Case("CALLS", f"HTTP calls for {count} orders of {LINES} lines, {count} products, {count} changes of stock")
    with bed.copy(bed.databases.template()) as database:
        for code, stand in STANDS.items():
            with SandboxServer(None, None, "--empty") as sandbox:
                if stand.settings:  # what is counted is calls, and nobody waits for points
                    sandbox.call(f"/sandbox/{code}/settings", stand.settings)
                stand.products(sandbox, count)
                options = {
                    "platform": code,
                    "url": f"{sandbox.url}{stand.path}",
                    "credentials": stand.credentials,
                    "count": count,
                }
                started = time.monotonic()
                found = bed.inside(
                    database, "count_calls", {**options, "what": ["products read", "stock told", "products written"]}
                )
                stand.orders(sandbox, count)
                found |= bed.inside(database, "count_calls", {**options, "what": ["orders read"]})
            calls = {what: of_them for what, (_done, of_them) in found.items()}
            say(f"    {code}: {', '.join(f'{what} {number}' for what, number in calls.items())}")
            case.rows.append(Row(code, [time.monotonic() - started], count, calls))
            for what, (done, _calls) in found.items():
                case.none(f"{code}: {what} that did not come through", max(count - done, 0))
    case.notes += PEERS
    return case
