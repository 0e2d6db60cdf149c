"""What webhooks carry, by the event's topic: the REST shapes of products, stock and returns, and all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..store import Doc
from . import gid, stock
from .catalogue_view import level_gid
from .order_payloads import customer, fulfilment, order, refund, when
from .shop import Shop


def product(shop: Shop, doc: Doc) -> Doc:
    """A product with its variants."""
    variants = [shop.all("variants")[key] for key in doc["variantIds"]]
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("Product", doc["id"]),
        "body_html": doc["descriptionHtml"],
        "created_at": when(shop, doc["createdAt"]),
        "handle": doc["handle"],
        "product_type": doc["productType"],
        "published_at": when(shop, doc.get("publishedAt")),
        "template_suffix": doc.get("templateSuffix"),
        "title": doc["title"],
        "updated_at": when(shop, doc["updatedAt"]),
        "vendor": doc["vendor"],
        "status": doc["status"].lower(),
        "published_scope": "web",
        "tags": ", ".join(doc["tags"]),
        "variants": [_variant(shop, row) for row in variants],
        "options": [
            {"id": row["id"], "product_id": doc["id"], "name": row["name"], "position": row["position"],
             "values": [value["name"] for value in row["optionValues"]]}
            for row in doc["options"]
        ],
        "images": [],
        "image": None,
        "media": [],
        "variant_gids": [
            {"admin_graphql_api_id": gid.gid("ProductVariant", row["id"]), "updated_at": row["updatedAt"]}
            for row in variants
        ],
        "has_variants_that_requires_components": False,
        "category": None,
    }  # fmt: skip


def _variant(shop: Shop, doc: Doc) -> Doc:
    chosen = [row["value"] for row in doc["selectedOptions"]] + [None] * 3
    held = stock.available(stock.item_of(shop, doc))
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("ProductVariant", doc["id"]),
        "product_id": doc["productId"],
        "barcode": doc["barcode"],
        "compare_at_price": doc["compareAtPrice"],
        "created_at": when(shop, doc["createdAt"]),
        "inventory_policy": doc["inventoryPolicy"].lower(),
        "position": doc["position"],
        "price": doc["price"],
        "sku": doc["sku"],
        "taxable": doc["taxable"],
        "title": doc["title"],
        "updated_at": when(shop, doc["updatedAt"]),
        "option1": chosen[0],
        "option2": chosen[1],
        "option3": chosen[2],
        "image_id": None,
        "inventory_item_id": doc["itemId"],
        "inventory_quantity": held,
        "old_inventory_quantity": held,
    }


def level(shop: Shop, doc: Doc) -> Doc:
    """The stock of an item at a location."""
    found = shop.all("items")[doc["itemId"]]["levels"].get(str(doc["locationId"])) or stock.empty(shop.now())
    return {
        "inventory_item_id": doc["itemId"],
        "location_id": doc["locationId"],
        "available": found["available"],
        "updated_at": when(shop, found["updatedAt"]),
        "admin_graphql_api_id": level_gid(doc["itemId"], doc["locationId"]),
    }


def return_(shop: Shop, doc: Doc) -> Doc:
    """A return."""
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("Return", doc["id"]),
        "status": doc["status"].lower(),
        "order": {"id": doc["orderId"], "admin_graphql_api_id": gid.gid("Order", doc["orderId"])},
        "total_return_line_items": sum(row["quantity"] for row in doc["lines"]),
        "name": doc["name"],
        "return_line_items": [
            {"id": row["id"], "admin_graphql_api_id": gid.gid("ReturnLineItem", row["id"]), "quantity": row["quantity"],
             "return_reason": row["reason"].lower(), "customer_note": row["customerNote"],
             "fulfillment_line_item": {"id": row["fulfillmentLineItemId"], "line_item": {"id": row["lineItemId"]}}}
            for row in doc["lines"]
        ],
        "return_shipping_fees": [],
        "exchange_line_items": [],
        "total_exchange_line_items": 0,
    }  # fmt: skip


def _fulfilment_order(shop: Shop, doc: Doc) -> Doc:
    return {"id": gid.gid("FulfillmentOrder", doc["id"]), "status": doc["status"].lower()}


def fulfilment_order(shop: Shop, doc: Doc) -> Doc:
    """An event of a fulfilment order."""
    shown = _fulfilment_order(shop, shop.peek("fulfillment_orders", doc["id"]) or doc)
    return {"fulfillment_order": shown, "moved_fulfillment_order": shown, "original_fulfillment_order": shown}


def bulk_operation(shop: Shop, doc: Doc) -> Doc:
    """The end of a bulk operation."""
    return {
        "admin_graphql_api_id": gid.gid("BulkOperation", doc["id"]),
        "completed_at": when(shop, doc.get("completedAt")),
        "created_at": when(shop, doc["createdAt"]),
        "error_code": doc.get("errorCode"),
        "status": doc["status"].lower(),
        "type": doc["type"].lower(),
    }


def edited(shop: Shop, doc: Doc) -> Doc:
    """That an order was edited."""
    now = when(shop, doc["updatedAt"])
    return {"order_edit": {"id": shop.next_id("order_edit"), "app_id": None, "created_at": now, "committed_at": now,
                           "notify_customer": False, "order_id": doc["id"], "staff_note": "", "user_id": None,
                           "line_items": {"additions": [], "removals": []},
                           "discounts": {"line_item": {"additions": [], "removals": []}},
                           "shipping_lines": {"additions": [], "removals": []}}}  # fmt: skip


def only_id(shop: Shop, doc: Doc) -> Doc:
    """What is left of what was deleted."""
    return {"id": doc["id"]}


Build = Callable[[Shop, Doc], Any]
BY_KIND: dict[str, tuple[str | None, Build]] = {
    "orders": ("orders", order),
    "fulfillments": (None, fulfilment),
    "products": ("products", product),
    "customers": ("customers", customer),
    "inventory_levels": (None, level),
    "returns": ("returns", return_),
    "fulfillment_orders": (None, fulfilment_order),
    "bulk_operations": ("bulk", bulk_operation),
}


def of(shop: Shop, topic: str, doc: Doc) -> Any:
    """What the webhook of an event carries."""
    kind, _, event = topic.partition("/")
    if event == "delete":
        return only_id(shop, doc)
    if "payload" in doc:
        return doc["payload"]
    if topic == "orders/edited":
        return edited(shop, doc)
    if topic == "refunds/create":
        return refund(shop, doc, shop.all("orders")[doc["orderId"]])
    if kind not in BY_KIND:
        return only_id(shop, doc)
    documents, build = BY_KIND[kind]
    return build(shop, (shop.peek(documents, doc["id"]) or doc) if documents else doc)
