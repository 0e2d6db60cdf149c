"""Orders of a real shop, as a connector read them, become orders here under their own ids.

What was not read is made up: the shop's currency by the ratio of the totals, fulfilment orders where none are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import assigning, customers, gid, orders, stock
from .money import bag, presented, text
from .shop import Shop

# What a document has under the name, and in the form, that it was read in.
SAME = (
    *("name", "createdAt", "processedAt", "updatedAt", "cancelledAt", "cancelReason", "closedAt", "email", "phone"),
    *("note", "poNumber", "presentmentCurrencyCode", "currencyCode", "billingAddress", "shippingAddress"),
)
UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)


def import_orders(shop: Shop, raws: Iterable[Any]) -> tuple[int, list[Any]]:
    """Take in orders that the shop does not have yet; one that cannot be read is named and left out."""
    taken, refused = 0, []
    for raw in raws:
        key = gid.number(raw.get("id"), "Order") if isinstance(raw, dict) else 0
        if key and shop.peek("orders", key) is not None:
            continue
        try:
            _take(shop, key, raw)
            taken += 1
        except UNREADABLE:
            refused.append(raw.get("id") if isinstance(raw, dict) else None)
    return taken, refused


def rows(value: Any) -> list[Doc]:
    """The rows of a list, a page or edges."""
    if isinstance(value, dict):
        return value["nodes"] if "nodes" in value else [edge["node"] for edge in value.get("edges") or ()]
    return list(value or ())


class _Reader:
    """Reads amounts of one order."""

    def __init__(self, raw: Doc) -> None:
        whole = raw["totalPriceSet"]
        self.currency = str(raw["presentmentCurrencyCode"])
        self.shop_currency = str(raw["currencyCode"])
        paid, own = Decimal(whole["presentmentMoney"]["amount"]), Decimal(whole["shopMoney"]["amount"])
        self.share = own / paid if paid else Decimal(1)

    def bag(self, value: Doc | None) -> str:
        """A bag; nothing where nothing was told."""
        number = Decimal(value["presentmentMoney"]["amount"]) if value else Decimal(0)
        return bag(number * self.share, self.shop_currency, number, self.currency)

    def taxes(self, value: Any) -> list[Doc]:
        """Tax lines."""
        return [
            {
                "title": row["title"],
                "rate": float(row["ratePercentage"] or 0) / 100,
                "ratePercentage": row["ratePercentage"],
                "priceSet": self.bag(row["priceSet"]),
            }
            for row in value or ()
        ]

    def allocations(self, value: Any) -> list[Doc]:
        """What discounts take off."""
        return [
            {"index": row["discountApplication"]["index"], "allocatedAmountSet": self.bag(row["allocatedAmountSet"])}
            for row in value or ()
        ]


def _take(shop: Shop, key: int, raw: Doc) -> None:
    read = _Reader(raw)
    shop.reserve_id("order", key)
    digits = "".join(letter for letter in str(raw["name"]) if letter.isdigit())
    shop.reserve_id("number", int(digits or 0))
    order: Doc = {
        "id": key,
        "number": int(digits or key % 10**6),
        **{name: raw.get(name) for name in SAME},
        "test": bool(raw.get("test")), "taxesIncluded": bool(raw.get("taxesIncluded")), "taxExempt": False,
        "dutiesIncluded": False, "tags": list(raw.get("tags") or ()),
        "customAttributes": raw.get("customAttributes") or [],
        "customerLocale": raw.get("customerLocale"), "sourceName": raw.get("sourceName") or "web", "confirmed": True,
        "confirmationNumber": f"{key:X}", "risk": "LOW", "localizedFields": [], "companyLocationId": None,
        "companyContactId": None, "refunds": [], "returnIds": [], "fulfillments": [], "fulfillmentOrderIds": [],
        "customerId": _customer(shop, raw), "tipSet": read.bag(raw.get("totalTipReceivedSet")),
    }  # fmt: skip
    order["lines"] = [_line(shop, order, row, read) for row in rows(raw["lineItems"])]
    order["shippingLines"] = [_shipping(row, read) for row in rows(raw.get("shippingLines"))]
    order["discountApplications"], order["discountCodes"] = _applications(raw, order)
    order["transactions"] = [_transaction(shop, row, read) for row in raw.get("transactions") or ()]
    order["paymentGatewayNames"] = list(dict.fromkeys(row["gateway"] for row in order["transactions"]))
    for line in order["lines"]:
        line["locationId"] = stock.best_location(shop, None, line["quantity"])
    if not raw.get("cancelledAt"):
        assigning.assign(shop, order, order["createdAt"])
    if raw.get("displayFulfillmentStatus") == "FULFILLED":
        _sent(shop, order)
    orders.keep(shop, order, None, at=raw["updatedAt"])


def _customer(shop: Shop, raw: Doc) -> int | None:
    found = raw.get("customer")
    if not found:
        return None
    key = gid.number(found["id"], "Customer")
    if shop.peek("customers", key) is None:
        first, _, last = str(found.get("displayName") or "").partition(" ")
        address = raw.get("billingAddress") or raw.get("shippingAddress")
        values = {
            "firstName": first,
            "lastName": last,
            "email": (found.get("defaultEmailAddress") or {}).get("emailAddress"),
            "phone": (found.get("defaultPhoneNumber") or {}).get("phoneNumber"),
            "addresses": [address] if address else [],
        }
        shop.put("customers", {**customers.document(shop, values), "id": key})
        shop.reserve_id("customer", key)
    return key


def _line(shop: Shop, order: Doc, row: Doc, read: _Reader) -> Doc:
    key = gid.number(row["id"], "LineItem")
    shop.reserve_id("line", key)
    unit, off = read.bag(row["originalUnitPriceSet"]), read.allocations(row.get("discountAllocations"))
    whole = presented(unit) * row["quantity"] - sum(presented(one["allocatedAmountSet"]) for one in off)
    return {
        "id": key, "orderId": order["id"], "quantity": int(row["quantity"]), "removed": 0, "duties": [],
        "variantId": gid.number((row.get("variant") or {}).get("id")) or None,
        "productId": gid.number((row.get("product") or {}).get("id")) or None,
        **{name: row.get(name) for name in ("title", "variantTitle", "name", "sku", "isGiftCard", "requiresShipping")},
        "vendor": None, "taxable": bool(row.get("taxLines")), "customAttributes": row.get("customAttributes") or [],
        "originalUnitPriceSet": unit, "discountAllocations": off, "taxLines": read.taxes(row.get("taxLines")),
        "discountedSet": bag(whole * read.share, read.shop_currency, whole, read.currency),
    }  # fmt: skip


def _shipping(row: Doc, read: _Reader) -> Doc:
    return {
        "id": gid.number(row["id"], "ShippingLine"), "title": row["title"], "code": row.get("code"),
        "source": row.get("source"), "carrierIdentifier": None, "deliveryCategory": None,
        "originalPriceSet": read.bag(row["discountedPriceSet"]), "discountedSet": read.bag(row["discountedPriceSet"]),
        "discountAllocations": [], "taxLines": read.taxes(row.get("taxLines")),
    }  # fmt: skip


def _applications(raw: Doc, order: Doc) -> tuple[list[Doc], list[str]]:
    """The discounts that lines tell of, by their place."""
    codes: dict[int, str | None] = {}
    for row in rows(raw["lineItems"]):
        for part in row.get("discountAllocations") or ():
            found = part["discountApplication"]
            codes[found["index"]] = found.get("code")
    nothing = text(Decimal(0), order["currencyCode"])
    made = [
        {"__typename": "DiscountCodeApplication" if codes.get(place) else "ManualDiscountApplication", "index": place,
         "code": codes.get(place), "title": codes.get(place) or "Remise", "description": None,
         "allocationMethod": "ACROSS", "targetType": "LINE_ITEM", "targetSelection": "ALL",
         "value": {"__typename": "MoneyV2", "money": nothing}}
        for place in range(max(codes, default=-1) + 1)
    ]  # fmt: skip
    return made, [code for code in codes.values() if code]


def _transaction(shop: Shop, row: Doc, read: _Reader) -> Doc:
    parent = row.get("parentTransaction")
    made = orders.transaction(
        shop, row["kind"], read.bag(row["amountSet"]), row.get("gateway") or "manual", row["createdAt"], row["status"],
        gid.number(parent["id"]) if parent else None,
    )  # fmt: skip
    return {**made, "id": gid.number(row["id"], "OrderTransaction")}


def _sent(shop: Shop, order: Doc) -> None:
    """All of it was sent."""
    for doc in orders.fulfilment_orders(shop, order):
        sent = [{"lineItemId": row["lineItemId"], "quantity": row["totalQuantity"]} for row in doc["lines"]]
        done = {"status": "CLOSED", "lines": [{**row, "remainingQuantity": 0} for row in doc["lines"]]}
        shop.put("fulfillment_orders", {**doc, **done})
        made = assigning.fulfilment(shop, order, doc["id"], doc["locationId"], sent, [], order["updatedAt"])
        order["fulfillments"].append(made)
