"""The permissions that the app needs: as few as the flows use. A test holds them to the fields that are asked for."""

from __future__ import annotations

from collections.abc import Iterable

# What each is for. Sources: the "Requires …" notes of the vendor's schema 2026-10, shopify.dev "Access scopes".
SCOPES: tuple[str, ...] = (
    # orders in, with who bought and how it was paid; cancelling, notes and addresses
    "read_orders",
    "write_orders",
    "write_order_edits",
    "read_customers",
    "write_customers",
    "read_returns",
    "write_returns",
    # shipments
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
    # catalogue, pictures, publication
    "read_products",
    "write_products",
    "read_files",
    "write_files",
    "read_publications",
    "write_publications",
    "read_locales",
    "read_translations",
    "write_translations",
    # stock
    "read_inventory",
    "write_inventory",
    "read_locations",
)

# Where the shop's Shopify Payments are followed too (shopify.dev, "Access scopes"): a shop may do without.
BALANCE_SCOPES: tuple[str, ...] = (
    "read_shopify_payments_accounts",
    "read_shopify_payments_payouts",
    "read_shopify_payments_disputes",
)


def missing_scopes(granted: Iterable[str]) -> list[str]:
    """Those that the app lacks; whoever may write may read."""
    known = set(granted)
    known |= {f"read_{scope.removeprefix('write_')}" for scope in known if scope.startswith("write_")}
    return [scope for scope in SCOPES if scope not in known]
