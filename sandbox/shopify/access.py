"""Which access scope lets read which type, and use which mutation; without it the field is refused.

Taken from the access requirements that the vendor states beside each type.
"""

from __future__ import annotations

from .resolving import Context, Denied

FULFILLMENT = ("merchant_managed_fulfillment_orders", "assigned_fulfillment_orders", "third_party_fulfillment_orders")
# What must be granted to see objects of a type; one of several is enough.
TYPES: dict[str, tuple[str, ...]] = {
    "Order": ("read_orders", "read_marketplace_orders"),
    "Refund": ("read_orders", "read_marketplace_orders"),
    "DraftOrder": ("read_draft_orders",),
    "Customer": ("read_customers",),
    "Company": ("read_companies", "read_customers"),
    "CompanyLocation": ("read_companies", "read_customers"),
    "Product": ("read_products",),
    "ProductVariant": ("read_products",),
    "Collection": ("read_products",),
    "PriceList": ("read_products",),
    "Catalog": ("read_products",),
    "InventoryItem": ("read_inventory", "read_products"),
    "InventoryLevel": ("read_inventory",),
    "Location": ("read_locations",),
    "FulfillmentOrder": tuple(f"read_{name}" for name in FULFILLMENT),
    "Return": ("read_returns",),
    "ReturnableFulfillment": ("read_returns",),
    "ReverseFulfillmentOrder": ("read_returns",),
    "GiftCard": ("read_gift_cards",),
    "Publication": ("read_publications", "read_product_listings"),
    "Market": ("read_markets",),
    "ShopifyPaymentsAccount": ("read_shopify_payments_accounts", "read_shopify_payments"),
    # Of these two, the vendor's schema says nothing, and its page of access scopes does.
    "ShopifyPaymentsBalanceTransaction": ("read_shopify_payments_payouts",),
    "ShopifyPaymentsPayout": ("read_shopify_payments_payouts",),
    "ShopifyPaymentsDispute": ("read_shopify_payments_disputes",),
    "File": ("read_files", "read_themes", "read_products"),
}
WRITES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("fulfillmentOrder", "fulfillmentCreate", "fulfillmentTracking", "fulfillmentCancel", "fulfillmentEvent"),
     tuple(f"write_{name}" for name in FULFILLMENT)),
    (("orderEdit",), ("write_order_edits",)),
    (("draftOrder",), ("write_draft_orders",)),
    (("order", "refund"), ("write_orders", "write_marketplace_orders")),
    (("return", "reverse"), ("write_returns",)),
    (("customer",), ("write_customers",)),
    (("inventory",), ("write_inventory",)),
    (("publishable", "publication"), ("write_publications",)),
    (("file",), ("write_files", "write_themes", "write_products")),
    (("giftCard",), ("write_gift_cards",)),
    (("translations",), ("write_translations",)),
    (("product", "collection", "priceList", "catalog", "quantityPricing", "metafield"), ("write_products",)),
)  # fmt: skip
ALL = ",".join(
    f"{verb}_{name}"
    for name in (
        "orders", "order_edits", "draft_orders", "customers", "companies", "products", "inventory", "locations",
        *FULFILLMENT, "returns", "gift_cards", "publications", "markets", "files", "locales", "translations",
        "price_rules", "discounts",
        *(f"shopify_payments_{part}" for part in ("accounts", "payouts", "disputes")),
    )
    for verb in ("read", "write")
) + ",read_all_orders"  # fmt: skip


def for_type(name: str) -> tuple[str, ...]:
    """What must be granted to see objects of a type, or lists of them."""
    for ending in ("Connection", "Edge"):
        if name.endswith(ending):
            return TYPES.get(name[: -len(ending)], ())
    return TYPES.get(name, ())


def for_mutation(name: str) -> tuple[str, ...]:
    """What must be granted to use a mutation."""
    return next((scopes for starts, scopes in WRITES if name.startswith(starts)), ())


def check(ctx: Context, wanted: tuple[str, ...], field: str) -> None:
    """Refuse a field that the token's scopes do not cover; a write scope covers reading.

    :raise Denied: in the vendor's words.
    """
    if not wanted or any(scope in ctx.scopes or scope.replace("read_", "write_") in ctx.scopes for scope in wanted):
        return
    names = [f"`{scope}`" for scope in wanted]
    needed = f"{' or '.join(names)} access scope{'s' if len(names) > 1 else ''}."
    raise Denied(
        f"Access denied for {field} field. Required access: {needed}",
        "ACCESS_DENIED",
        documentation="https://shopify.dev/api/usage/access-scopes",
        requiredAccess=needed,
    )
