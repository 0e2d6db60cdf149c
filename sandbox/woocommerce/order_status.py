"""What changes with the state of an order: dates, stock, notes, and the refund that ``refunded`` makes."""

from __future__ import annotations

from typing import Any

from .money import dec, plain
from .order_items import REDUCING, item_meta, set_item_meta, stocked_product
from .order_view import needs_processing, refunds_of
from .products import change_stock, count_sale
from .shop import Shop

Doc = dict[str, Any]
STATUSES = {
    "pending": "Pending payment",
    "processing": "Processing",
    "on-hold": "On hold",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
    "failed": "Failed",
    "checkout-draft": "Draft",
}


def statuses(shop: Shop) -> dict[str, str]:
    """Names of all statuses by slug: WooCommerce's own, then those that plugins registered with the shop."""
    return {**STATUSES, **shop.settings.get("order_statuses", {})}


PAYABLE = ("on-hold", "pending", "failed", "cancelled")
PAID = ("processing", "completed")


def add_note(shop: Shop, order_id: int, text: str, to_customer: bool = False, author: str = "WooCommerce") -> Doc:
    """Put a note on an order; that changes neither its date nor tells anyone (observed on WooCommerce 10.9.1)."""
    note = {
        "id": shop.next_id("note"),
        "order_id": order_id,
        "author": author,
        "created": shop.now(),
        "note": text,
        "customer_note": to_customer,
    }
    shop.put("notes", note)
    return note


def set_status(shop: Shop, order: Doc, status: str) -> None:
    """Move an order to another state, in place; the order is not kept yet."""
    before = order["status"]
    if before == status:
        return
    order["status"] = status
    if not order["paid"] and status in PAID and (status == "processing" or needs_processing(shop, order)):
        order["paid"] = shop.now()
    if status == "completed":
        order["completed"] = shop.now()
        order["paid"] = order["paid"] or shop.now()
    known = statuses(shop)
    names = known.get(before, before), known.get(status, status)
    add_note(shop, order["id"], f"Order status changed from {names[0]} to {names[1]}.")
    if status in REDUCING:
        reduce_stock(shop, order)
        _count_sales(shop, order, 1)
    elif status in ("cancelled", "pending"):
        restore_stock(shop, order)
        if status == "cancelled":
            _count_sales(shop, order, -1)
    if status in PAID and order["customer_id"]:
        _mark_paying(shop, order["customer_id"])
    if status == "refunded":
        _refund_rest(shop, order)


def payment_complete(shop: Shop, order: Doc, transaction_id: str | None) -> None:
    """Record the payment: cash on delivery completes the order, what needs no handling too, else it is processing."""
    if order["status"] not in PAYABLE:
        return
    if transaction_id:
        order["transaction_id"] = transaction_id
    order["paid"] = order["paid"] or shop.now()
    at_once = order["payment_method"] == "cod" or not needs_processing(shop, order)
    set_status(shop, order, "completed" if at_once else "processing")


def reduce_stock(shop: Shop, order: Doc) -> None:
    """Take the lines from stock, once; an order through the API may oversell (observed on WooCommerce 10.9.1)."""
    if order["stock_reduced"]:
        return
    changes = []
    for line in order["line_items"]:
        if item_meta(line, "_reduced_stock") is not None:
            continue
        change = change_stock(shop, stocked_product(line), -int(line["quantity"]))
        if change is not None:
            set_item_meta(shop, line, "_reduced_stock", str(line["quantity"]))
            changes.append(f"{line['name']} {change[0]}→{change[1]}")
    order["stock_reduced"] = True
    if changes:
        add_note(shop, order["id"], f"Stock levels reduced: {', '.join(changes)}")


def restore_stock(shop: Shop, order: Doc) -> None:
    """Give the lines back to stock, once."""
    if not order["stock_reduced"]:
        return
    changes = []
    for line in order["line_items"]:
        reduced = item_meta(line, "_reduced_stock")
        if reduced is None:
            continue
        change = change_stock(shop, stocked_product(line), int(reduced))
        set_item_meta(shop, line, "_reduced_stock", None)
        if change is not None:
            changes.append(f"{line['name']} {change[0]}→{change[1]}")
    order["stock_reduced"] = False
    if changes:
        add_note(shop, order["id"], f"Stock levels increased: {', '.join(changes)}")


def _count_sales(shop: Shop, order: Doc, sign: int) -> None:
    counted = order["sales_recorded"]
    if (sign > 0) == counted:
        return
    order["sales_recorded"] = sign > 0
    for line in order["line_items"]:
        count_sale(shop, line["product_id"], sign * int(line["quantity"]))


def _mark_paying(shop: Shop, customer_id: int) -> None:
    customer = shop.load("customers", customer_id)
    if customer is not None and not customer["is_paying_customer"]:
        customer["is_paying_customer"] = True
        shop.put("customers", customer)


def refunded_total(shop: Shop, order: Doc) -> Any:
    """What has been given back so far."""
    return sum((dec(refund["amount"]) for refund in refunds_of(shop, order)), dec(0))


def _refund_rest(shop: Shop, order: Doc) -> None:
    """Setting the state to refunded makes a refund of the rest, without lines (observed on WooCommerce 10.9.1)."""
    rest = dec(order["total"]) - refunded_total(shop, order)
    if rest <= 0:
        return
    add_note(
        shop,
        order["id"],
        "Order status set to refunded. To return funds to the customer you will need to issue a refund through your "
        "payment gateway.",
    )
    keep_refund(shop, order, new_refund(shop, order, plain(rest), "Order fully refunded.", full=True))


def new_refund(shop: Shop, order: Doc, amount: str, reason: str, full: bool) -> Doc:
    """A refund document without lines, not kept yet."""
    return {
        "id": shop.next_id("post"),
        "parent_id": order["id"],
        "created": shop.now(),
        "modified": shop.now(),
        "amount": amount,
        "total_tax": "0",
        "reason": reason,
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": shop.new_meta([{"key": "_refund_type", "value": "full" if full else "partial"}], "order_meta"),
        "line_items": [],
        "shipping_lines": [],
        "fee_lines": [],
        "tax_lines": [],
    }


def keep_refund(shop: Shop, order: Doc, refund: Doc) -> None:
    """Keep a refund and tie it to its order, whose date it bumps; the order is not kept yet."""
    shop.put("refunds", refund)
    order["refunds"].append(refund["id"])
    order["modified"] = shop.now()
