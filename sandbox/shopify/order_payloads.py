"""What webhooks carry of orders: the REST shapes of orders, fulfilments, refunds and customers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ..store import Doc
from . import gid, orders, stock
from .money import amount, parts, presented, total
from .order_view import tax_sums
from .shop import Shop


def when(shop: Shop, stamp: str | None) -> str | None:
    """A time as REST writes it: local, with the offset."""
    if not stamp:
        return None
    moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return moment.astimezone(ZoneInfo(shop.settings["timezone"])).isoformat()


def _number(bag: str) -> str:
    return str(amount(bag))


def _set(bag: str | None) -> Doc | None:
    if bag is None:
        return None
    shown = [part.partition(" ") for part in parts(bag)]
    return {
        name: {"amount": number, "currency_code": currency}
        for name, (number, _, currency) in zip(("shop_money", "presentment_money"), shown, strict=True)
    }


def _both(name: str, bag: str) -> Doc:
    return {name: _number(bag), f"{name}_set": _set(bag)}


def address(doc: Doc | None) -> Doc | None:
    """An address."""
    if not doc:
        return None
    name = f"{doc.get('firstName') or ''} {doc.get('lastName') or ''}".strip()
    same = ("address1", "address2", "city", "company", "country", "phone", "province", "zip")
    return {
        **{key: doc.get(key) for key in same},
        "first_name": doc.get("firstName"),
        "last_name": doc.get("lastName"),
        "name": name,
        "country_code": doc.get("countryCodeV2"),
        "province_code": doc.get("provinceCode"),
        "latitude": None,
        "longitude": None,
    }


def customer(shop: Shop, doc: Doc) -> Doc:
    """A customer."""
    addresses = [
        {**(address(one) or {}), "id": one.get("id"), "customer_id": doc["id"], "country_name": one.get("country"),
         "default": place == 0}
        for place, one in enumerate(doc["addresses"])
    ]  # fmt: skip
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("Customer", doc["id"]),
        "created_at": when(shop, doc["createdAt"]),
        "updated_at": when(shop, doc["updatedAt"]),
        "first_name": doc["firstName"],
        "last_name": doc["lastName"],
        "email": doc["email"],
        "phone": doc["phone"],
        "state": doc["state"].lower(),
        "note": doc["note"],
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": doc["taxExempt"],
        "tax_exemptions": [],
        "currency": shop.currency,
        "addresses": addresses,
        **({"default_address": addresses[0]} if addresses else {}),
    }


def _taxes(rows: list[Doc]) -> list[Doc]:
    return [
        {"title": row["title"], "rate": row["rate"], "price": _number(row["priceSet"]),
         "price_set": _set(row["priceSet"]), "channel_liable": False}
        for row in rows
    ]  # fmt: skip


def _allocations(rows: list[Doc]) -> list[Doc]:
    return [
        {"amount": _number(row["allocatedAmountSet"]), "amount_set": _set(row["allocatedAmountSet"]),
         "discount_application_index": row["index"]}
        for row in rows
    ]  # fmt: skip


def line(shop: Shop, order: Doc, doc: Doc) -> Doc:
    """A line of an order."""
    waiting = orders.unfulfilled(order, doc)
    sent = orders.fulfilled(order).get(doc["id"], 0)
    discount = total([row["allocatedAmountSet"] for row in doc["discountAllocations"]], doc["discountedSet"])
    if not doc["discountAllocations"]:
        discount = total([], doc["discountedSet"])
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("LineItem", doc["id"]),
        "attributed_staffs": [],
        "current_quantity": doc["quantity"] - doc["removed"],
        "fulfillable_quantity": waiting,
        "fulfillment_service": "manual",
        "fulfillment_status": "fulfilled" if sent and not waiting else "partial" if sent else None,
        "gift_card": doc["isGiftCard"],
        "grams": 0,
        "name": doc["name"],
        **_both("price", doc["originalUnitPriceSet"]),
        "product_exists": bool(doc["productId"]),
        "product_id": doc["productId"],
        "properties": [{"name": row["key"], "value": row["value"]} for row in doc["customAttributes"]],
        "quantity": doc["quantity"],
        "requires_shipping": doc["requiresShipping"],
        "sales_line_item_group_id": None,
        "sku": doc["sku"],
        "taxable": doc["taxable"],
        "title": doc["title"],
        **_both("total_discount", discount),
        "variant_id": doc["variantId"],
        "variant_inventory_management": "shopify" if stock.tracked_item(shop, doc) else None,
        "variant_title": doc["variantTitle"],
        "vendor": doc["vendor"],
        "tax_lines": _taxes(doc["taxLines"]),
        "duties": [],
        "discount_allocations": _allocations(doc["discountAllocations"]),
    }


def _application(row: Doc) -> Doc:
    percent = row["value"]["__typename"] == "PricingPercentageValue"
    kind = {"DiscountCodeApplication": "discount_code", "AutomaticDiscountApplication": "automatic"}
    return {
        "type": kind.get(row["__typename"], "manual"),
        "code": row["code"],
        "title": row["title"],
        "value": str(row["value"]["percentage"]) if percent else _number(row["value"]["money"]),
        "value_type": "percentage" if percent else "fixed_amount",
        "allocation_method": row["allocationMethod"].lower(),
        "target_type": row["targetType"].lower(),
        "target_selection": row["targetSelection"].lower(),
    }


def order(shop: Shop, doc: Doc) -> Doc:
    """An order."""
    found = orders.state(doc)
    buyer = shop.peek("customers", doc["customerId"] or 0)
    sent = orders.fulfilled(doc)
    waiting = sum(orders.unfulfilled(doc, row, sent) for row in doc["lines"])
    none = orders.nothing(doc)
    gross = total([row["discountedSet"] for row in doc["lines"]], none)
    gross = total([gross, found["totalDiscountsSet"]], none)
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("Order", doc["id"]),
        "app_id": None,
        "browser_ip": None,
        "buyer_accepts_marketing": False,
        "cancel_reason": doc["cancelReason"].lower() if doc.get("cancelReason") else None,
        "cancelled_at": when(shop, doc.get("cancelledAt")),
        "cart_token": None,
        "checkout_token": None,
        "client_details": None,
        "closed_at": when(shop, doc.get("closedAt")),
        "confirmation_number": doc["confirmationNumber"],
        "confirmed": True,
        "contact_email": doc["email"],
        "created_at": when(shop, doc["createdAt"]),
        "currency": doc["currencyCode"],
        "current_shipping_price_set": _set(found["currentShippingPriceSet"]),
        **_both("current_subtotal_price", found["currentSubtotalPriceSet"]),
        "current_total_additional_fees_set": None,
        **_both("current_total_discounts", found["currentTotalDiscountsSet"]),
        "current_total_duties_set": _set(found["currentTotalDutiesSet"]),
        **_both("current_total_price", found["currentTotalPriceSet"]),
        **_both("current_total_tax", found["currentTotalTaxSet"]),
        "customer_locale": doc["customerLocale"],
        "device_id": None,
        "discount_codes": [{"code": code, "amount": "0.00", "type": "percentage"} for code in doc["discountCodes"]],
        "duties_included": doc["dutiesIncluded"],
        "email": doc["email"] or "",
        "estimated_taxes": False,
        "financial_status": found["displayFinancialStatus"].lower(),
        "fulfillment_status": ("partial" if sent else None) if waiting else ("fulfilled" if sent else None),
        "landing_site": None,
        "landing_site_ref": None,
        "location_id": None,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": None,
        "name": doc["name"],
        "note": doc["note"],
        "note_attributes": [{"name": row["key"], "value": row["value"]} for row in doc["customAttributes"]],
        "number": doc["number"] - 1000,
        "order_number": doc["number"],
        "order_status_url": f"{shop.url}/shop/orders/{doc['id']}",
        "original_total_additional_fees_set": None,
        "original_total_duties_set": _set(found["originalTotalDutiesSet"]),
        "payment_gateway_names": doc["paymentGatewayNames"],
        "phone": doc["phone"],
        "po_number": doc["poNumber"],
        "presentment_currency": doc["presentmentCurrencyCode"],
        "processed_at": when(shop, doc["processedAt"]),
        "reference": None,
        "referring_site": None,
        "source_identifier": None,
        "source_name": doc["sourceName"],
        "source_url": None,
        **_both("subtotal_price", found["subtotalPriceSet"]),
        "tags": ", ".join(doc["tags"]),
        "tax_exempt": doc["taxExempt"],
        "tax_lines": _taxes(tax_sums(doc)),
        "taxes_included": doc["taxesIncluded"],
        "test": doc["test"],
        "token": f"{doc['id']:x}",
        "total_cash_rounding_payment_adjustment_set": _set(none),
        "total_cash_rounding_refund_adjustment_set": _set(none),
        **_both("total_discounts", found["totalDiscountsSet"]),
        **_both("total_line_items_price", gross),
        "total_outstanding": _number(found["totalOutstandingSet"]),
        **_both("total_price", found["totalPriceSet"]),
        "total_shipping_price_set": _set(found["totalShippingPriceSet"]),
        **_both("total_tax", found["totalTaxSet"]),
        "total_tip_received": _number(doc["tipSet"]),
        "total_weight": 0,
        "updated_at": when(shop, doc["updatedAt"]),
        "user_id": None,
        "billing_address": address(doc["billingAddress"]),
        "customer": customer(shop, buyer) if buyer else None,
        "discount_applications": [_application(row) for row in doc["discountApplications"]],
        "fulfillments": [fulfilment(shop, row, doc) for row in doc["fulfillments"]],
        "line_items": [line(shop, doc, row) for row in doc["lines"]],
        "payment_terms": None,
        "refunds": [refund(shop, row, doc) for row in doc["refunds"]],
        "shipping_address": address(doc["shippingAddress"]),
        "shipping_lines": [_shipping(row) for row in doc["shippingLines"]],
        "returns": [],
        "line_item_groups": [],
    }


def _shipping(row: Doc) -> Doc:
    return {
        "id": row["id"],
        "carrier_identifier": row["carrierIdentifier"],
        "code": row["code"],
        "phone": None,
        "requested_fulfillment_service_id": None,
        "source": row["source"],
        "title": row["title"],
        "is_removed": False,
        **_both("price", row["originalPriceSet"]),
        **_both("discounted_price", row["discountedSet"]),
        "current_discounted_price_set": _set(row["discountedSet"]),
        "tax_lines": _taxes(row["taxLines"]),
        "discount_allocations": _allocations(row["discountAllocations"]),
    }


def fulfilment(shop: Shop, doc: Doc, parent: Doc | None = None) -> Doc:
    """A fulfilment."""
    parent = parent or shop.all("orders")[doc["orderId"]]
    numbers = [row["number"] for row in doc["trackingInfo"] if row["number"]]
    links = [row["url"] for row in doc["trackingInfo"] if row["url"]]
    company = next((row["company"] for row in doc["trackingInfo"]), None)
    return {
        "id": doc["id"],
        "order_id": doc["orderId"],
        "status": doc["status"].lower(),
        "created_at": when(shop, doc["createdAt"]),
        "updated_at": when(shop, doc["updatedAt"]),
        "service": "manual",
        "tracking_company": company,
        "shipment_status": doc["events"][-1]["status"].lower() if doc["events"] else None,
        "location_id": doc["locationId"],
        "origin_address": None,
        "email": parent["email"],
        "destination": address(parent["shippingAddress"]),
        "line_items": [
            {**line(shop, parent, orders.line_of(parent, row["lineItemId"])), "quantity": row["quantity"]}
            for row in doc["lines"]
        ],
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": links[0] if links else None,
        "tracking_urls": links,
        "receipt": {},
        "name": doc["name"],
        "admin_graphql_api_id": gid.gid("Fulfillment", doc["id"]),
    }


def transaction(shop: Shop, doc: Doc, parent: Doc) -> Doc:
    """A transaction of an order, in the customer's currency."""
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("OrderTransaction", doc["id"]),
        "order_id": parent["id"],
        "kind": doc["kind"].lower(),
        "gateway": doc["gateway"],
        "status": doc["status"].lower(),
        "message": None,
        "created_at": when(shop, doc["createdAt"]),
        "processed_at": when(shop, doc["processedAt"]),
        "test": parent["test"],
        "parent_id": doc["parentId"],
        "amount": str(presented(doc["amountSet"])),
        "currency": parent["presentmentCurrencyCode"],
        "payment_id": doc["paymentId"],
        "manual_payment_gateway": doc["manualPaymentGateway"],
    }


def refund(shop: Shop, doc: Doc, parent: Doc) -> Doc:
    """A refund."""
    none = orders.nothing(parent)
    paid = [row for row in parent["transactions"] if row["id"] in doc["transactionIds"]]
    return {
        "id": doc["id"],
        "admin_graphql_api_id": gid.gid("Refund", doc["id"]),
        "order_id": parent["id"],
        "created_at": when(shop, doc["createdAt"]),
        "processed_at": when(shop, doc["createdAt"]),
        "note": doc["note"],
        "user_id": None,
        "duties": [],
        "total_duties_set": _set(total([row["amountSet"] for row in doc["duties"]], none)),
        "return": {"id": doc["returnId"]} if doc["returnId"] else None,
        "refund_shipping_lines": [],
        "restock": any(row["restocked"] for row in doc["lines"]),
        "order_adjustments": [
            {"id": row["id"], "order_id": parent["id"], "refund_id": doc["id"], "kind": "refund_discrepancy",
             "reason": "Refund discrepancy", **_both("amount", row["amountSet"])}
            for row in doc.get("adjustments") or ()
        ],
        "refund_line_items": [
            {
                "id": row["id"],
                "line_item_id": row["lineItemId"],
                "location_id": row["locationId"],
                "quantity": row["quantity"],
                "restock_type": row["restockType"].lower(),
                "subtotal": float(amount(row["subtotalSet"])),
                "subtotal_set": _set(row["subtotalSet"]),
                "total_tax": float(amount(row["totalTaxSet"])),
                "total_tax_set": _set(row["totalTaxSet"]),
                "line_item": line(shop, parent, orders.line_of(parent, row["lineItemId"])),
            }
            for row in doc["lines"]
        ],
        "transactions": [transaction(shop, row, parent) for row in paid],
    }  # fmt: skip
