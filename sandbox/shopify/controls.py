"""The shop's part of the control API, below ``/sandbox/shopify/``: what customers and its owner do."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from ..store import Doc
from . import (
    collecting,
    customers,
    gid,
    holding,
    order_changes,
    orders,
    payments,
    placing,
    price_lists,
    random_orders,
    refunding,
    returns,
    seed,
    volume,
)
from .fulfilment_changes import order_of, tracking
from .fulfilment_changes import send as fulfil
from .order_payloads import when
from .shop import Shop

ACTION = re.compile(r"orders/(\d+)(?:/(\w+))?")
SHIPPING = {"title": "Colissimo à domicile", "code": "COLISSIMO", "price": "4.90"}
MARIE: Doc = {
    "firstName": "Marie", "lastName": "Durand", "company": None, "address1": "1 rue de la Paix", "address2": None,
    "zip": "75002", "city": "Paris", "province": None, "provinceCode": None, "country": "France", "countryCodeV2": "FR",
    "phone": "06 12 34 56 78",
}  # fmt: skip


def variant_of(shop: Shop, sku: str) -> Doc:
    """The variant with a SKU.

    :raise ValueError: when there is none.
    """
    found = next((doc for doc in shop.all("variants").values() if doc["sku"] == sku), None)
    if found is None:
        raise ValueError(f"nothing has the SKU {sku}")
    return found


def place(shop: Shop, values: Doc) -> Doc:
    """A customer with an account buys: ``lines`` (``sku``, ``quantity``), ``paid`` (true), ``discount`` (an amount),
    ``customer`` (``email`` and fields of the address), ``shipping`` (a price; none with ``null``)."""
    posted = dict(values.get("customer") or {})
    email = posted.pop("email", "marie@example.com")
    known = next((doc for doc in shop.all("customers").values() if doc["email"] == email), None)
    address = {**MARIE, **posted, "id": shop.next_id("address"), "model": "Address"}
    buyer = known or customers.add(shop, {**address, "email": email, "addresses": [address]})
    paid, ships = values.get("paid", True), values.get("shipping", SHIPPING["price"])
    cart = {
        "lines": [
            {"variantId": variant_of(shop, row["sku"])["id"], "quantity": int(row["quantity"])}
            for row in values["lines"]
        ],
        "customerId": buyer["id"],
        "email": email,
        "phone": address["phone"],
        "billing": address,
        "shipping": address,
        "shippingLine": None if ships is None else {**SHIPPING, "price": ships},
        "payment": "paid" if paid else "pending",
        "gateway": placing.GATEWAY if paid else "Bank Deposit",
        "discounts": [{"code": "GESTE", "value": {"amount": values["discount"]}}] if values.get("discount") else [],
    }
    return {"id": str(placing.place(shop, cart)["id"])}


def shown(shop: Shop, order: Doc) -> Doc:
    """What a customer sees of an order."""
    found = orders.state(order)
    numbers = [
        row["number"]
        for one in order["fulfillments"]
        if one["status"] == "SUCCESS"
        for row in one["trackingInfo"]
        if row["number"]
    ]
    return {
        "id": str(order["id"]),
        "name": order["name"],
        "state": "cancelled" if order.get("cancelledAt") else orders.fulfilment_status(shop, order).lower(),
        "paid": found["displayFinancialStatus"].lower(),
        "total": found["totalPriceSet"],
        "current": found["currentTotalPriceSet"],
        "tracking": numbers,
        "returns": {shop.all("returns")[key]["name"]: shop.all("returns")[key]["status"] for key in order["returnIds"]},
    }


def cancel(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner cancels: money and goods go back, unless ``refund`` or ``restock`` is false."""
    back, restock = bool(values.get("refund", True)), bool(values.get("restock", True))
    return order_changes.cancel(shop, order, str(values.get("reason", "CUSTOMER")), back, restock)


def refund(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner gives back what ``lines`` (``sku``, ``quantity``) cost, or an ``amount``; goods with ``restock``."""
    rows = []
    for row in values.get("lines") or ():
        line = next(one for one in order["lines"] if one["sku"] == row["sku"])
        how = "NO_RESTOCK"
        if values.get("restock"):
            how = "CANCEL" if orders.unfulfilled(order, line) >= int(row["quantity"]) else "RETURN"
        rows.append({"lineItemId": line["id"], "quantity": int(row["quantity"]), "restockType": how})
    back = None
    if values.get("amount") is not None:
        paid = next(one for one in order["transactions"] if one["kind"] in ("SALE", "CAPTURE"))
        bag = refunding.in_bag(order, values["amount"])
        back = [{"bag": bag, "parentId": paid["id"], "gateway": paid["gateway"]}]
    return refunding.refund(shop, order["id"], rows, transactions=back, note=values.get("note"))[0]


def pay(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The money of a transfer arrives."""
    return order_changes.mark_paid(shop, order)


def send(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner sends what waits, under ``tracking``, without the connector's doing."""
    waiting = [doc for doc in orders.fulfilment_orders(shop, order) if doc["status"] in ("OPEN", "IN_PROGRESS")]
    for doc in copy.deepcopy(waiting):
        rows = [(row, row["remainingQuantity"]) for row in doc["lines"] if row["remainingQuantity"]]
        track = tracking({"number": values.get("tracking"), "company": values.get("company")})
        fulfil(shop, [(doc, rows)], track if values.get("tracking") else [])
    return order_of(shop, order["id"])


def hold(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner holds all that waits, for a ``reason``."""
    for doc in orders.fulfilment_orders(shop, order):
        if doc["status"] in ("OPEN", "IN_PROGRESS"):
            holding.hold(shop, doc["id"], str(values.get("reason", "OTHER")), values.get("notes"))
    return order_of(shop, order["id"])


def release(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner releases what is on hold."""
    for doc in orders.fulfilment_orders(shop, order):
        if doc["status"] == "ON_HOLD":
            holding.release(shop, doc["id"])
    return order_of(shop, order["id"])


def change_order(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner changes fields of the order as the documents have them: ``note``, ``tags``, ``shippingAddress`` ..."""
    order |= values
    return orders.keep(shop, order)


def risk(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The order is assessed anew: ``level`` LOW, MEDIUM or HIGH."""
    order["risk"] = str(values.get("level", "HIGH"))
    now = when(shop, shop.now())
    body = {"provider_id": None, "provider_title": "Shopify", "risk_level": order["risk"].lower(), "created_at": now,
            "order_id": order["id"], "admin_graphql_api_order_id": gid.gid("Order", order["id"])}  # fmt: skip
    shop.emit("orders/risk_assessment_changed", {"id": order["id"], "payload": body})
    return orders.keep(shop, order)


def delete(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The owner deletes the order."""
    shop.remove("orders", order["id"])
    shop.emit("orders/delete", order)
    return order


def ask_back(shop: Shop, order: Doc, values: Doc) -> Doc:
    """The customer wants to return ``lines`` (``sku``, ``quantity``) of what was sent; ``reason``, ``note``.

    The owner makes one that is ``approved``, perhaps with ``exchanges`` (``sku``, ``quantity``) and a ``tracking``.
    """
    rows = []
    for row in values["lines"]:
        line, left = next(one for one in order["lines"] if one["sku"] == row["sku"]), int(row["quantity"])
        sent = [one for doc in order["fulfillments"] for one in doc["lines"] if one["lineItemId"] == line["id"]]
        for one in sent:
            last = one is sent[-1]
            number = left if last else min(left, one["quantity"] - returns.asked(shop, one))
            if number:
                rows.append({"fulfillmentLineItemId": gid.gid("FulfillmentLineItem", one["id"]), "quantity": number,
                             "returnReason": values.get("reason", "OTHER"),
                             "customerNote": values.get("note")})  # fmt: skip
            left -= number
    status = "OPEN" if values.get("approved") else "REQUESTED"
    instead = [
        {"variantId": gid.gid("ProductVariant", variant_of(shop, row["sku"])["id"]), "quantity": row["quantity"]}
        for row in values.get("exchanges") or ()
    ]
    asked = {"returnLineItems": rows, "exchangeLineItems": instead, "tracking": values.get("tracking")}
    returns.create(shop, {"orderId": gid.gid("Order", order["id"]), **asked}, status)
    return order_of(shop, order["id"])


ON_ORDER: dict[str, Callable[[Shop, Doc, Doc], Doc]] = {
    "cancel": cancel,
    "refund": refund,
    "pay": pay,
    "send": send,
    "hold": hold,
    "release": release,
    "change": change_order,
    "risk": risk,
    "delete": delete,
    "return": ask_back,
}


def product(shop: Shop, values: Doc) -> Doc:
    """Have a product: ``sku``, ``name``, ``price``, ``quantity`` (at the first location), ``barcode``."""
    first = next(iter(shop.all("locations").values()))["code"]
    variant = {"sku": values["sku"], "price": values["price"], "barcode": values.get("barcode"), "weight": 0.2,
               "stock": {first: int(values.get("quantity", 0))}}  # fmt: skip
    made = seed.add_product(shop, {"title": values["name"]}, [], [variant])
    shop.emit("products/create", made)
    return {"product_id": str(made["id"]), "variant_id": str(made["variantIds"][0])}


# What the owner sets up: ``title`` (``tag``, to be filled by itself); ``name``, ``currency``, ``catalog``; ``name``.
MADE: dict[str, Callable[..., Doc]] = {
    "collections": collecting.add,
    "price-lists": price_lists.add,
    "locations": seed.add_location,
    **payments.CONTROLS,
}


def read(shop: Shop, action: str) -> Any:
    """Answer a GET; ``None`` for what is not known."""
    if action == "settings":
        return shop.settings
    if action == "stock":
        return volume.shown_stock(shop)
    if action == "webhooks":
        return list(shop.all("webhooks").values())
    found = ACTION.fullmatch(action)
    order = shop.peek("orders", int(found[1])) if found and not found[2] else None
    return shown(shop, order) if order else None


def change(shop: Shop, action: str, values: Doc) -> Any:
    """Answer a POST; ``None`` for what is not known.

    :raise Refused: for what the shop does not do.
    """
    if action == "settings":
        shop.change_settings(values)
        return shop.settings
    if action == "orders":
        return place(shop, values)
    if action == "products":
        return product(shop, values)
    if action in MADE:
        return MADE[action](shop, **values)
    if action == "products/many":
        return volume.add_products(shop, **values)
    if action == "orders/many":
        return volume.add_orders(shop, **values)
    if action == "orders/random":
        docs = random_orders.create(shop, values)
        return {"count": len(docs), "ids": [doc["id"] for doc in docs], "names": [doc["name"] for doc in docs]}
    found = ACTION.fullmatch(action)
    if found is None or found[2] not in ON_ORDER:
        return None
    order = order_of(shop, int(found[1]))
    return shown(shop, ON_ORDER[found[2]](shop, order, values))
