"""The same 500 Shopify orders, by our lane from the shop's pages and by the OCA addon, which is given them."""

from __future__ import annotations

from dev.bench.bed import FEW, Bed
from dev.bench.orders_in import compare
from dev.bench.table import Case
from dev.sandbox import SandboxServer

CANDIDATES = {"ours_on_shopify": "ours, the orders lane", "oca_on_shopify": "OCA shopify_connector, without HTTP"}


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Both candidates in turn, round after round, each on a fresh copy of the database."""
    count = size or 500
    case = Case("B1S", f"{count} Shopify orders to confirmed and reserved; {rounds} rounds, medians")
    with SandboxServer(None, None, "--empty") as shop:
        shop.call("/sandbox/shopify/settings", {"bucket": 10**8, "restore_rate": 10**6})
        shop.call("/sandbox/shopify/products/many", {"count": FEW - 1, "variants": 1, "prefix": "BENCH"})
        shop.call("/sandbox/shopify/orders/many", {"count": count, "lines": 3, "days": 20, "customers": count})
        options = {"url": f"{shop.url}/lumiere", "count": count, "skus": FEW}
        found = compare(bed, case, CANDIDATES, options, rounds)
    if "oca_on_shopify" in found:
        ours, theirs = case.rows
        case.at_least("ours as fast as the OCA addon, times", theirs.median / ours.median, 1.0)
    missing = count - min(result["confirmed"] for result in found["ours_on_shopify"])
    case.none("orders of ours missing", missing)
    return case
