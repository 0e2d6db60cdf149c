"""HTTP calls that 1,000 orders, products and changes of stock take on each platform, beside those of peers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.demo_shops import CONSUMER_KEY, CONSUMER_SECRET
from dev.medusa.node import Unavailable
from dev.medusa.people import Customer
from dev.medusa.shop import MedusaShop
from dev.sandbox import SandboxServer
from dev.say import say

LINES = 3
PEERS = (
    "published by peers for as many: OCA connector-shopify 1 call an order (+ refunds + returns), 2 a SKU and location,"
    " 1 a product written",
    "Tryton: Shopify 50 for orders, 4 for stock (+ 1 a SKU to activate it); WooCommerce 100 for orders, 1 a changed"
    " SKU; PrestaShop 1 + 3 an order; OCA connector_prestashop 14: about 5 + lines an order, 3 a SKU and shop",
)


# A real shop takes about a second for an order.
REAL_ORDERS = 120


@dataclass
class Stand:
    """A shop that runs: where it is, how one signs in, and how it is filled.

    ``orders`` says how many it has placed.
    """

    url: str
    credentials: dict[str, str]
    products: Callable[[int], Any]
    orders: Callable[[int], int]


@contextmanager
def _woocommerce(_bed: Bed) -> Iterator[Stand]:
    with SandboxServer(None, None, "--empty") as sandbox:
        credentials = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
        yield Stand(sandbox.url, credentials, partial(_products, sandbox, ""), partial(_woo_orders, sandbox))


@contextmanager
def _shopify(_bed: Bed) -> Iterator[Stand]:
    with SandboxServer(None, None, "--empty") as sandbox:
        # What is counted is calls, and nobody waits for points.
        sandbox.call("/sandbox/shopify/settings", {"bucket": 10**8, "restore_rate": 10**6})
        orders = partial(_shopify_orders, sandbox)
        url = f"{sandbox.url}/lumiere"
        yield Stand(url, {"access_token": "shpat_sandbox"}, partial(_products, sandbox, "shopify/"), orders)


@contextmanager
def _prestashop(_bed: Bed) -> Iterator[Stand]:
    with SandboxServer(None, None, "--empty") as sandbox:
        orders = partial(_presta_orders, sandbox)
        key = {"key": "SANDBOXSANDBOXSANDBOXSANDBOX0000"}
        yield Stand(f"{sandbox.url}/prestashop", key, partial(_products, sandbox, "prestashop/"), orders)


@contextmanager
def _medusa(bed: Bed) -> Iterator[Stand]:
    """The real shop."""
    with MedusaShop(bed.databases, f"bench_{os.getpid()}_medusa") as shop:
        key = {"secret_key": shop.facts["secret_key"]}
        yield Stand(shop.url, key, partial(_medusa_products, shop), partial(_medusa_orders, shop))


def _products(sandbox: SandboxServer, shop: str, count: int) -> None:
    sandbox.call(f"/sandbox/{shop}products/many", {"count": count, "variants": 0})


def _woo_orders(sandbox: SandboxServer, count: int) -> int:
    from dev.bench import shop_orders

    sandbox.call("/sandbox/orders/import", shop_orders.orders(count, shop_orders.skus(50)))
    return count


def _shopify_orders(sandbox: SandboxServer, count: int) -> int:
    sandbox.call("/sandbox/shopify/orders/many", {"count": count, "lines": LINES})
    return count


def _presta_orders(sandbox: SandboxServer, count: int) -> int:
    for start in range(0, count, 50):
        some = {"count": min(50, count - start), "lines": LINES, "kinds": []}
        sandbox.call("/sandbox/prestashop/orders/random", some)
    return count


def _medusa_products(shop: MedusaShop, count: int) -> None:
    for start in range(0, count, 50):
        made = [_medusa_product(shop, number) for number in range(start, min(start + 50, count))]
        shop.admin.post("/admin/products/batch", {"create": made})


def _medusa_product(shop: MedusaShop, number: int) -> dict[str, Any]:
    price = {"currency_code": "eur", "amount": 12}
    variant = {"title": "Default", "sku": f"MANY-{number}", "options": {"Default": "Default"}, "prices": [price]}
    return {
        "title": f"Article {number}",
        "status": "published",
        "shipping_profile_id": shop.facts["profile"],
        "sales_channels": [{"id": shop.facts["channel"]}],
        "options": [{"title": "Default", "values": ["Default"]}],
        "variants": [variant],
    }


def _medusa_orders(shop: MedusaShop, count: int) -> int:
    """Of what the shop was seeded with, as much of it as there has to be."""
    skus = [*shop.facts["variants"]][:LINES]
    location = shop.facts["locations"]["Paris"]
    for item in shop.admin.get("/admin/inventory-items", fields="id,sku", limit=1000, **{"sku[]": skus})[
        "inventory_items"
    ]:
        shop.admin.post(f"/admin/inventory-items/{item['id']}/location-levels/{location}", {"stocked_quantity": 10**5})
    customer, placed = Customer(shop.store, shop.facts), min(count, REAL_ORDERS)
    for number in range(placed):
        customer.order([(sku, 1) for sku in skus], email=f"customer{number}@example.com")
    return placed


STANDS = {"woocommerce": _woocommerce, "shopify": _shopify, "prestashop": _prestashop, "medusa": _medusa}


def measure(bed: Bed, size: int | None, _rounds: int) -> Case:
    """Each platform's package alone, over HTTP against its sandbox or the real shop: counts are exact, seconds not."""
    count = size or 1000
    case = Case("CALLS", f"HTTP calls for {count} orders of {LINES} lines, {count} products, {count} changes of stock")
    with bed.copy(bed.databases.template()) as database:
        for code, stand in STANDS.items():
            try:
                with stand(bed) as shop:
                    _measure(case, bed, database, code, shop, count)
            except Unavailable as reason:
                case.notes.append(f"{code} not measured: {reason}")
    case.notes += PEERS
    return case


def _measure(case: Case, bed: Bed, database: str, code: str, shop: Stand, count: int) -> None:
    shop.products(count)
    options = {"platform": code, "url": shop.url, "credentials": shop.credentials}
    started = time.monotonic()
    what = ["products read", "stock told", "products written"]
    found = bed.inside(database, "count_calls", {**options, "count": count, "what": what})
    wanted = dict.fromkeys(what, count)
    placed = shop.orders(count)
    name = "orders read" if placed == count else f"orders read, of {placed},"
    read = bed.inside(database, "count_calls", {**options, "count": placed, "what": ["orders read"]})
    found[name], wanted[name] = read["orders read"], placed
    calls = {what: of_them for what, (_done, of_them) in found.items()}
    say(f"    {code}: {', '.join(f'{what} {number}' for what, number in calls.items())}")
    case.rows.append(Row(code, [time.monotonic() - started], count, calls))
    for what_, (done, _calls) in found.items():
        case.none(f"{code}: {what_} that did not come through", max(wanted[what_] - done, 0))
