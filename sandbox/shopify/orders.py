"""What follows from an order's lines, transactions, refunds and fulfilments: totals and states; and keeping it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..store import Doc
from .money import amount, minus, scaled, total
from .shop import Shop

OPEN = ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE")


def keep(shop: Shop, order: Doc, topic: str | None = "orders/updated", at: str | None = None) -> Doc:
    """Keep a changed order: its time of change moves on and webhooks tell of it."""
    order["updatedAt"] = at or shop.now()
    shop.put("orders", order)
    if topic:
        shop.emit(topic, order)
        if topic not in ("orders/create", "orders/updated"):
            shop.emit("orders/updated", order)
    return order


def negative(bag: str) -> str:
    """A bag taken away."""
    return scaled(bag, -1, 1)


def transaction(
    shop: Shop, kind: str, bag: str, gateway: str, now: str, status: str = "SUCCESS", parent: int | None = None
) -> Doc:
    """A transaction of an order."""
    number = shop.next_id("transaction")
    return {
        "id": number,
        "kind": kind,
        "status": status,
        "amountSet": bag,
        "gateway": gateway,
        "formattedGateway": gateway.replace("_", " ").title() if "_" in gateway else gateway,
        "createdAt": now,
        "processedAt": now,
        "parentId": parent,
        "paymentId": f"#{number % 10**6}.1",
        "manualPaymentGateway": gateway in ("manual", "Bank Deposit", "Cash on Delivery (COD)", "Money Order"),
    }


def nothing(order: Doc) -> str:
    """A bag of no amount in the order's currencies."""
    return total([], order["tipSet"])


def totals(order: Doc) -> Doc:
    """The amounts of an order as it was placed or edited, and as it is now (``current``)."""
    none = nothing(order)
    lines, shipping = order["lines"], order["shippingLines"]
    subtotal = total([line["discountedSet"] for line in lines], none)
    ships = total([line["discountedSet"] for line in shipping], none)
    taxes = total([tax["priceSet"] for line in [*lines, *shipping] for tax in line["taxLines"]], none)
    duties = total([duty["price"] for line in lines for duty in line["duties"]], none)
    discounts = total(
        [part["allocatedAmountSet"] for line in [*lines, *shipping] for part in line["discountAllocations"]], none
    )
    added = none if order["taxesIncluded"] else taxes
    whole = total([subtotal, ships, added, duties, order["tipSet"]], none)
    refunds = order["refunds"]
    back_lines = total([row["subtotalSet"] for one in refunds for row in one["lines"]], none)
    back_taxes = total([row["totalTaxSet"] for one in refunds for row in one["lines"]], none)
    back_ships = total([row["subtotalAmountSet"] for one in refunds for row in one["shipping"]], none)
    back_ship_taxes = total([row["taxAmountSet"] for one in refunds for row in one["shipping"]], none)
    back_duties = total([row["amountSet"] for one in refunds for row in one["duties"]], none)
    returned_tax = none if order["taxesIncluded"] else total([back_taxes, back_ship_taxes], none)
    back = total([back_lines, back_ships, back_duties, returned_tax], none)
    return {
        "subtotalPriceSet": subtotal,
        "totalShippingPriceSet": ships,
        "totalTaxSet": taxes,
        "totalDiscountsSet": discounts,
        "cartDiscountAmountSet": discounts,
        "totalPriceSet": whole,
        "originalTotalPriceSet": order.get("originalTotalPriceSet") or whole,
        "totalTipReceivedSet": order["tipSet"],
        "originalTotalDutiesSet": duties if amount(duties) else None,
        "currentTotalDutiesSet": minus(duties, back_duties) if amount(duties) else None,
        "currentSubtotalPriceSet": minus(subtotal, back_lines),
        "currentShippingPriceSet": minus(ships, back_ships),
        "currentTotalTaxSet": minus(taxes, total([back_taxes, back_ship_taxes], none)),
        "currentTotalDiscountsSet": total([_discount_now(line) for line in [*lines, *shipping]], none),
        "currentCartDiscountAmountSet": total([_discount_now(line) for line in lines], none),
        "currentTotalPriceSet": minus(whole, back),
        "totalRefundedShippingSet": back_ships,
    }


def _discount_now(line: Doc) -> str:
    whole = total([part["allocatedAmountSet"] for part in line["discountAllocations"]], _none(line))
    return scaled(whole, line["quantity"] - line["removed"], line["quantity"]) if line.get("removed") else whole


def _none(line: Doc) -> str:
    return scaled(line["discountedSet"], 0, 1)


def payments(order: Doc, whole: Doc) -> Doc:
    """What was received, given back and is outstanding."""
    none = nothing(order)
    done = [one for one in order["transactions"] if one["status"] == "SUCCESS"]
    received = total([one["amountSet"] for one in done if one["kind"] in ("SALE", "CAPTURE")], none)
    refunded = total([one["amountSet"] for one in done if one["kind"] == "REFUND"], none)
    settled = {one["parentId"] for one in done if one["kind"] in ("CAPTURE", "VOID")}
    held = total(
        [one["amountSet"] for one in done if one["kind"] == "AUTHORIZATION" and one["id"] not in settled], none
    )
    net = minus(received, refunded)
    due = none if order.get("cancelledAt") and not amount(net) else minus(whole["currentTotalPriceSet"], net)
    return {
        "totalReceivedSet": received,
        "totalRefundedSet": refunded,
        "netPaymentSet": net,
        "totalOutstandingSet": due,
        "totalCapturableSet": held,
        "capturable": amount(held) > 0,
    }


def state(order: Doc) -> Doc:
    """All totals and states of an order."""
    whole = totals(order)
    paid = payments(order, whole)
    financial = _financial(order, whole, paid)
    return {
        **whole,
        **paid,
        "displayFinancialStatus": financial,
        "fullyPaid": financial in ("PAID", "PARTIALLY_REFUNDED", "REFUNDED"),
        "unpaid": financial in ("PENDING", "AUTHORIZED"),
        "canMarkAsPaid": financial in ("PENDING", "PARTIALLY_PAID") and not order.get("cancelledAt"),
        "refundable": amount(paid["netPaymentSet"]) > 0,
    }


def _financial(order: Doc, whole: Doc, paid: Doc) -> str:
    received, refunded = amount(paid["totalReceivedSet"]), amount(paid["totalRefundedSet"])
    if refunded > 0:
        return "REFUNDED" if refunded >= received else "PARTIALLY_REFUNDED"
    if received == 0:
        if any(one["kind"] == "VOID" for one in order["transactions"]):
            return "VOIDED"
        if amount(paid["totalCapturableSet"]) > 0:
            return "AUTHORIZED"
        return "PAID" if amount(whole["totalPriceSet"]) == 0 else "PENDING"
    return "PARTIALLY_PAID" if received < amount(whole["currentTotalPriceSet"]) else "PAID"


def fulfilled(order: Doc) -> dict[int, int]:
    """How many of each line were sent, by the line's id."""
    found: dict[int, int] = {}
    for one in order["fulfillments"]:
        if one["status"] not in ("CANCELLED", "ERROR", "FAILURE"):
            for row in one["lines"]:
                found[row["lineItemId"]] = found.get(row["lineItemId"], 0) + row["quantity"]
    return found


def unfulfilled(order: Doc, line: Doc, sent: dict[int, int] | None = None) -> int:
    """How many of a line wait to be sent; what was removed before it was sent does not."""
    if line.get("isTip"):
        return 0
    gone = (fulfilled(order) if sent is None else sent).get(line["id"], 0)
    return max(0, int(line["quantity"]) - gone - int(line.get("removedUnsent", 0)))


def fulfilment_status(shop: Shop, order: Doc) -> str:
    """What the order's fulfilment is shown as."""
    sent = fulfilled(order)
    lines = [line for line in order["lines"] if not line.get("isTip")]
    waiting = sum(unfulfilled(order, line, sent) for line in lines)
    if not lines:
        return "FULFILLMENT_NOT_REQUIRED"
    if not waiting:
        return "FULFILLED" if sum(sent.values()) else "UNFULFILLED"
    if sum(sent.values()):
        return "PARTIALLY_FULFILLED"
    found = {fulfilment_order["status"] for fulfilment_order in fulfilment_orders(shop, order)}
    for status in ("ON_HOLD", "IN_PROGRESS", "SCHEDULED"):
        if status in found:
            return status
    return "UNFULFILLED"


def fulfilment_orders(shop: Shop, order: Doc) -> list[Doc]:
    """The fulfilment orders of an order, oldest first, to read only."""
    found = (shop.peek("fulfillment_orders", key) for key in order["fulfillmentOrderIds"])
    return [doc for doc in found if doc is not None]


def line_of(order: Doc, line_id: int) -> Doc:
    """A line of an order."""
    found: Doc = next(line for line in order["lines"] if line["id"] == line_id)
    return found


def refunded_quantity(order: Doc, line_id: int) -> int:
    """How many of a line were refunded or removed."""
    return sum(row["quantity"] for one in order["refunds"] for row in one["lines"] if row["lineItemId"] == line_id)


def share_of_line(order: Doc, line: Doc, quantity: int) -> tuple[str, str]:
    """What some more of a line come to, and their tax: the last takes what is left of the cents."""
    done = [row for one in order["refunds"] for row in one["lines"] if row["lineItemId"] == line["id"]]
    before = sum(row["quantity"] for row in done)
    none = _none(line)
    found: list[Any] = []
    for name, whole in (
        ("subtotalSet", line["discountedSet"]),
        ("totalTaxSet", total([tax["priceSet"] for tax in line["taxLines"]], none)),
    ):
        upto = scaled(whole, Decimal(before + quantity), Decimal(line["quantity"]))
        found.append(minus(upto, total([row[name] for row in done], none)))
    return found[0], found[1]
