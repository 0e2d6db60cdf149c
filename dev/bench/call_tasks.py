"""Counting HTTP calls inside a process with Odoo: each platform's package alone, without a record being written."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.ecom_connector.platforms.base import platform_class
from odoo.addons.ecom_connector.platforms.catalogue import ListingDocument, ListingKind, ListingState, OfferDocument
from odoo.addons.ecom_connector.platforms.publishing import ListingChange, OfferChange
from odoo.addons.ecom_connector.platforms.stock import StockChange
from odoo.addons.ecom_connector.platforms.transport import Transport

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


def count_calls(_env: Any, options: dict[str, Any]) -> dict[str, Any]:
    """:return: ``{what: [how many came through, in how many calls]}``"""
    transport = Transport()
    platform = platform_class(options["platform"])(options["url"], options["credentials"], transport)
    found = {}
    for what in options["what"]:
        transport.calls = 0
        done = WORK[what](platform, options["count"])
        found[what] = [done, transport.calls]
    return found


def _read_orders(platform: Any, _count: int) -> int:
    """All that changed since long ago, with their refunds."""
    ids: set[str] = set()
    cursor = ""
    while True:
        page = platform.read_orders(LONG_AGO, cursor)
        documents = [platform.parse_order(raw) for raw in page.raws]
        ids |= {document.external_id for document in documents}
        if partial := [document for document in documents if not document.refunds_complete]:
            platform.read_refunds(partial)
        cursor = page.next
        if not cursor:
            return len(ids)
        time.sleep(min(page.wait, 1.0))


def _read_products(platform: Any, _count: int) -> int:
    return len(_products(platform))


def _products(platform: Any) -> list[Any]:
    found: dict[str, Any] = {}
    cursor = ""
    while True:
        page = platform.read_catalogue(cursor)
        documents = [platform.parse_listing(raw) for raw in page.raws]
        found |= {document.product_id: document for document in documents}
        cursor = page.next
        if not cursor:
            return list(found.values())
        time.sleep(min(page.wait, 1.0))


def _tell_stock(platform: Any, count: int) -> int:
    """What is sold is read first: those calls are not counted."""
    locations, products = platform.read_locations(), _products(platform)[:count]
    platform.transport.calls = 0
    changes = [
        StockChange(
            key=product.product_id,
            product_id=product.product_id,
            variant_id=product.offers[0].variant_id,
            quantity=17,
            location=locations[0].code if locations else "",
            of_product=17,
        )
        for product in products
    ]
    batch = platform.capabilities.batch_size * 5  # as Odoo's lane does
    told = (platform.push_stock(changes[start : start + batch]) for start in range(0, len(changes), batch))
    return sum(result.ok for results in told for result in results)


def _write_products(platform: Any, count: int) -> int:
    changes = [_new_product(number) for number in range(count)]
    told = (platform.push_listings(changes[start : start + 100]) for start in range(0, count, 100))
    return sum(result.ok for results in told for result in results)


def _new_product(number: int) -> Any:
    offer = OfferDocument(variant_id="", sku=f"WRITTEN-{number}", price=Decimal("12.00"))
    document = ListingDocument(
        product_id="", kind=ListingKind.SIMPLE, state=ListingState.ON, name=f"Written {number}", offers=(offer,)
    )
    told = OfferChange(str(number), offer, frozenset({"sku", "price"}))
    return ListingChange(f"bench:{number}", document, frozenset({"name", "state"}), (told,))


WORK = {
    "products read": _read_products,
    "stock told": _tell_stock,
    "products written": _write_products,
    "orders read": _read_orders,
}
