"""What follows from a state: a payment, an invoice, goods back on the shelf, an e-mail.

Source: ``OrderHistory::changeIdOrderState``; observed on 8.1.2 as far as platforms' recordings go.
"""

from __future__ import annotations

from decimal import Decimal

from ..store import Doc
from . import stock
from .errors import WsError
from .hooks import Hooks
from .seed import add
from .shop import Shop

# Goods of an order in one of these are on the shelf again.
_GIVEN_BACK = ("PS_OS_CANCELED", "PS_OS_ERROR")


def set_state(shop: Shop, key: int | str, state: str, *, written: bool = False, transaction: str = "") -> Doc:
    """Put an order into a state; the same one again adds to its history, and nothing else.

    :param written: whether its history has the row already
    """
    doc = shop.peek("order_states", state)
    order = shop.load("orders", key)
    if doc is None or order is None:
        raise WsError(400, (85, 'Validation error: "Property OrderHistory->id_order_state is not valid"'))
    if not written:
        add(shop, "order_histories", None, id_order=str(key), id_order_state=state)
    shelves = {shop.configuration(name) for name in _GIVEN_BACK}
    before, after = order["current_state"] in shelves, state in shelves
    if after and not before:
        _move(shop, order, -1)
    elif before and not after and doc["logable"] == "1":
        _move(shop, order, 1)
    order["current_state"] = state
    order["valid"] = doc["logable"]
    order["date_upd"] = shop.now()
    if doc["invoice"] == "1" and order["invoice_number"] == "0":
        _invoice(shop, order)
    if doc["delivery"] == "1" and order["delivery_number"] == "0":
        order |= {"delivery_number": str(shop.next_id("deliveries")), "delivery_date": shop.now()}
    shop.put("orders", order)
    if doc["paid"] == "1":
        pay(shop, key, transaction=transaction)
    return shop.peek("orders", key) or order


def pay(shop: Shop, key: int | str, *, transaction: str = "") -> None:
    """Book the money that an order still lacks; it belongs to the reference, not to the order."""
    order = shop.load("orders", key)
    assert order is not None
    due = Decimal(order["total_paid_tax_incl"]) - Decimal(order["total_paid_real"])
    if due <= 0:
        return
    add(
        shop,
        "order_payments",
        None,
        order_reference=order["reference"],
        id_currency=order["id_currency"],
        amount=str(due),
        payment_method=order["payment"],
        conversion_rate=order["conversion_rate"],
        transaction_id=transaction,
    )
    shop.put("orders", {**order, "total_paid_real": order["total_paid_tax_incl"], "date_upd": shop.now()})


def _invoice(shop: Shop, order: Doc) -> None:
    number = str(shop.next_id("invoices"))
    invoice = add(
        shop,
        "order_invoices",
        None,
        id_order=str(order["id"]),
        number=number,
        total_paid_tax_excl=order["total_paid_tax_excl"],
        total_paid_tax_incl=order["total_paid_tax_incl"],
    )
    order |= {"invoice_number": number, "invoice_date": shop.now()}
    for row in list(shop.where("order_details", "id_order", str(order["id"]))):
        shop.change("order_details", row["id"], id_order_invoice=str(invoice["id"]))


def _move(shop: Shop, order: Doc, sign: int) -> None:
    """Take an order's goods (1), or give them back (-1)."""
    for row in shop.where("order_details", "id_order", str(order["id"])):
        pieces = int(row["product_quantity"]) - int(row["product_quantity_refunded"] or 0)
        stock.take(shop, row["product_id"], row["product_attribute_id"], sign * pieces, order["id_shop"])


def mail(shop: Shop, order: int | str, template: str) -> None:
    """Note an e-mail to the customer, for tests to read."""
    shop.put("mails", {"id": shop.next_id("mails"), "order": str(order), "template": template, "at": shop.now()})


def _written(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if old is None:
        set_state(shop, doc["id_order"], doc["id_order_state"], written=True)
        state = shop.peek("order_states", doc["id_order_state"]) or {}
        template = next(iter(state.get("template", {}).values()), "")
        if shop.args.get("sendemail") == "1" and template:
            mail(shop, doc["id_order"], template)


def _check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    for name, resource in (("id_order", "orders"), ("id_order_state", "order_states")):
        if shop.peek(resource, doc[name]) is None:
            raise WsError(400, (84, f'Validation error: "Property OrderHistory->{name} is not valid"'))


HOOKS = {"order_histories": Hooks(check=_check, written=_written)}
