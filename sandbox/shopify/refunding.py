"""Refunds: lines, shipping and duties given back, stock put back or not, money returned by the way it came."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import orders, stock
from .money import amount, bag, currency_of, minus, parts, presented, scaled, total
from .resolving import Refused
from .shop import Shop


def refund(
    shop: Shop,
    order_id: int,
    rows: Sequence[Doc] = (),
    shipping: str | None = None,
    transactions: Sequence[Doc] | None = None,
    note: str | None = None,
    duties: bool = False,
    return_id: int | None = None,
    allow_over: bool = False,
) -> tuple[Doc, Doc]:
    """Refund part of an order.

    :param rows: ``lineItemId``, ``quantity``, ``restockType`` (CANCEL, RETURN, NO_RESTOCK), ``locationId``.
    :param shipping: the bag of shipping to give back.
    :param transactions: ``bag``, ``parentId``, ``gateway``; what is due, by the ways it came, when ``None``.
    :return: the order and the refund.
    """
    order = shop.load("orders", order_id)
    if order is None:
        raise Refused("Order does not exist", ["orderId"])
    now = shop.now()
    made: Doc = {"id": shop.next_id("refund"), "orderId": order_id, "createdAt": now, "note": note, "lines": [],
                 "shipping": [], "duties": [], "transactionIds": [], "returnId": return_id}  # fmt: skip
    for row in rows:
        made["lines"].append(_line(shop, order, row))
    if shipping and amount(shipping):
        made["shipping"].append(_shipping(shop, order, shipping))
    if duties:
        made["duties"] = [
            {"amountSet": duty["price"], "originalDuty": duty} for line in order["lines"] for duty in line["duties"]
        ]
    before = orders.payments(order, orders.totals(order))
    order["refunds"].append(made)
    if transactions is None:
        transactions = _due(order, made)
    given = total([one["bag"] for one in transactions], orders.nothing(order))
    if amount(given) > amount(before["netPaymentSet"]) and not allow_over:
        raise Refused("Refund amount cannot be greater than the amount captured", ["transactions"])
    for one in transactions:
        paid = orders.transaction(shop, "REFUND", one["bag"], one["gateway"], now, parent=one.get("parentId"))
        order["transactions"].append(paid)
        made["transactionIds"].append(paid["id"])
    _adjust(shop, order, made, given)
    orders.keep(shop, order)
    shop.emit("refunds/create", {**made, "order": order})
    return order, made


def _duties(order: Doc) -> list[Doc]:
    return [duty for line in order["lines"] for duty in line["duties"]]


def _line(shop: Shop, order: Doc, row: Doc) -> Doc:
    line = next((one for one in order["lines"] if one["id"] == row["lineItemId"]), None)
    if line is None:
        raise Refused("Line item does not belong to the order", ["refundLineItems"])
    number = int(row["quantity"])
    if number > line["quantity"] - orders.refunded_quantity(order, line["id"]):
        raise Refused("Quantity cannot refund more items than were purchased", ["refundLineItems", "0", "quantity"])
    subtotal, tax = orders.share_of_line(order, line, number)
    how = row.get("restockType", "NO_RESTOCK")
    location = row.get("locationId") or line.get("locationId")
    waiting = orders.unfulfilled(order, line)
    unsent = min(number, waiting) if how == "CANCEL" else max(0, min(number, waiting - _sent_left(order, line)))
    if how == "CANCEL" and unsent < number:
        raise Refused("Restock type cancel is only for items that were not fulfilled", ["refundLineItems"])
    line["removed"] += number
    line["removedUnsent"] = line.get("removedUnsent", 0) + unsent
    if unsent:
        stock.release(shop, line, line["locationId"], unsent, restock=how != "NO_RESTOCK")
        unassign(shop, order, line["id"], unsent)
    if how == "RETURN" and number > unsent:
        stock.take_back(shop, line, location, number - unsent)
    return {
        "id": shop.next_id("refund_line"),
        "lineItemId": line["id"],
        "quantity": number,
        "restockType": how,
        "restocked": how != "NO_RESTOCK",
        "locationId": location if how != "NO_RESTOCK" else None,
        "subtotalSet": subtotal,
        "totalTaxSet": tax,
    }


def _sent_left(order: Doc, line: Doc) -> int:
    """How many of a line were sent and not yet refunded: a refund takes these first."""
    sent = orders.fulfilled(order).get(line["id"], 0)
    return max(0, int(sent) - (int(line["removed"]) - int(line.get("removedUnsent", 0))))


def unassign(shop: Shop, order: Doc, line_id: int, number: int) -> None:
    """Take quantities off the fulfilment orders that were to send them."""
    for doc in orders.fulfilment_orders(shop, order):
        changed = {**doc, "lines": [dict(row) for row in doc["lines"]]}
        for row in changed["lines"]:
            if row["lineItemId"] == line_id and number and doc["status"] in orders.OPEN:
                taken = min(number, row["remainingQuantity"])
                row["remainingQuantity"] -= taken
                row["totalQuantity"] -= taken
                number -= taken
        changed["lines"] = [row for row in changed["lines"] if row["totalQuantity"]]
        if changed["lines"] != doc["lines"]:
            if not any(row["remainingQuantity"] for row in changed["lines"]):
                changed["status"] = "CLOSED"
            shop.put("fulfillment_orders", {**changed, "updatedAt": shop.now()})


def _shipping(shop: Shop, order: Doc, given: str) -> Doc:
    line: Any = next(iter(order["shippingLines"]), None)
    if line is None:
        raise Refused("The order has no shipping to refund", ["shipping"])
    before = [row["subtotalAmountSet"] for one in order["refunds"] for row in one["shipping"]]
    if amount(total([given, *before], given)) > amount(line["discountedSet"]):
        raise Refused("Shipping refund cannot be more than the shipping paid", ["shipping"])
    tax = total([one["priceSet"] for one in line["taxLines"]], orders.nothing(order))
    return {
        "id": shop.next_id("refund_shipping"),
        "shippingLineId": line["id"],
        "subtotalAmountSet": given,
        "taxAmountSet": scaled(tax, amount(given), amount(line["discountedSet"])),
    }


def value_of(order: Doc, made: Doc) -> str:
    """What the lines, shipping and duties of a refund come to, with tax."""
    rows = [row["subtotalSet"] for row in made["lines"]] + [row["subtotalAmountSet"] for row in made["shipping"]]
    rows += [row["amountSet"] for row in made["duties"]]
    if not order["taxesIncluded"]:
        rows += [row["totalTaxSet"] for row in made["lines"]] + [row["taxAmountSet"] for row in made["shipping"]]
    return total(rows, orders.nothing(order))


def _due(order: Doc, made: Doc) -> list[Doc]:
    """What is given back of each payment: the value of what was refunded, as far as it was paid."""
    none = orders.nothing(order)
    left = value_of(order, made)
    found = []
    given = [row for row in order["transactions"] if row["kind"] == "REFUND"]
    for one in order["transactions"]:
        if one["kind"] in ("SALE", "CAPTURE") and one["status"] == "SUCCESS" and amount(left) > 0:
            back = [row["amountSet"] for row in given if row["parentId"] == one["id"]]
            rest = minus(one["amountSet"], total(back, none))
            part = left if amount(left) <= amount(rest) else rest
            if amount(part) > 0:
                found.append({"bag": part, "parentId": one["id"], "gateway": one["gateway"]})
                left = minus(left, part)
    return found


def _adjust(shop: Shop, order: Doc, made: Doc, given: str) -> None:
    """Money given back beyond, or short of, the value of what was refunded is an adjustment of the order."""
    difference = minus(given, value_of(order, made))
    if (amount(difference) or presented(difference)) and (made["transactionIds"]):
        made["adjustments"] = [
            {"id": shop.next_id("adjustment"), "reason": "REFUND_DISCREPANCY", "amountSet": difference,
             "taxAmountSet": orders.nothing(order)}
        ]  # fmt: skip


def in_bag(order: Doc, value: Any, currency: str | None = None) -> str:
    """An amount in one of the order's currencies as a bag of both."""
    none = orders.nothing(order)
    shop, customer = currency_of(none), parts(none)[1].partition(" ")[2]
    number = Decimal(str(value))
    whole = orders.totals(order)["totalPriceSet"]
    share = presented(whole) / amount(whole) if amount(whole) else Decimal(1)
    if currency in (None, shop):
        return bag(number, shop, number * share, customer)
    return bag(number / share if share else number, shop, number, customer)
