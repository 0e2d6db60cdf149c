"""Orders by the control API: what customers and the back office do, in a few words of JSON.

``POST orders``, ``orders/random``, ``orders/<id>/<what>`` (cancel, pay, refund, ship, state, track, late_payment),
``GET orders/<id>``, ``GET mails``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..store import Doc
from . import random_orders, stock
from .customers import add_address, add_customer
from .order_states import set_state
from .placing import Draft, place
from .seed import add
from .shop import Shop


def answer(shop: Shop, method: str, parts: list[str], body: Doc) -> Any:
    """What a control answers, ``None`` when it is not one of these."""
    if parts == ["mails"] and method == "GET":
        return list(shop.all("mails").values())
    if not parts or parts[0] != "orders":
        return None
    if parts == ["orders"] and method == "POST":
        return {"id": str(order(shop, body)["id"])}
    if parts == ["orders", "random"] and method == "POST":
        docs = random_orders.create(shop, body)
        return {"count": len(docs), "ids": [doc["id"] for doc in docs]}
    if len(parts) == 2 and method == "GET":
        return state(shop, parts[1])
    if len(parts) == 3 and method == "POST" and parts[2] in VERBS:
        VERBS[parts[2]](shop, parts[1], body)
        return state(shop, parts[1])
    return None


def state(shop: Shop, key: str) -> Doc:
    """Where an order stands: its state's name, the parcels, and what was refunded."""
    doc = shop.peek("orders", key)
    if doc is None:
        raise ValueError(f"there is no order {key}")
    label = (shop.peek("order_states", doc["current_state"]) or {}).get("name", {"1": ""})
    parcels = shop.where("order_carriers", "id_order", key)
    return {
        "id": key,
        "state": next(iter(label.values())),
        "tracking": [row["tracking_number"] for row in parcels if row["tracking_number"]],
        "total": doc["total_paid_tax_incl"],
        "slips": [row["id"] for row in shop.where("order_slip", "id_order", key)],
    }


def order(shop: Shop, body: Doc) -> Doc:
    """``{"lines": [{"sku", "quantity"}], "customer", "paid", "discount", "carrier", "wrapped", "reference"}``.

    ``customer`` are fields of :func:`sandbox.people.address`; one with a known e-mail address is that customer.
    """
    person = {**PERSON, **(body.get("customer") or {})}
    known = next(iter(shop.where("customers", "email", person["email"])), None)
    customer = known or add_customer(shop, person)
    address = next(iter(shop.where("addresses", "id_customer", customer["id"])), None)
    place_ = str((address or add_address(shop, customer["id"], person))["id"])
    goods = random_orders.sellable(shop)
    lines = [(*goods[row["sku"]], int(row.get("quantity", 1))) for row in body["lines"]]
    paid = body.get("paid", True)
    rules = [random_orders.discount(shop, Decimal(str(body["discount"])))] if body.get("discount") else []
    rules += [random_orders.rule(shop, code) for code in body.get("coupons", ())]
    draft = Draft(
        customer=str(customer["id"]),
        invoice=place_,
        delivery=place_,
        lines=lines,
        carrier=str(body.get("carrier", "2")),
        module="stripe_official" if paid else "ps_wirepayment",
        payment="Carte bancaire" if paid else "Virement bancaire",
        state=shop.configuration("PS_OS_PAYMENT" if paid else "PS_OS_BANKWIRE"),
        rules=rules,
        wrapped=bool(body.get("wrapped")),
        gift_message=str(body.get("gift_message", "")),
        message=str(body.get("note", "")),
        currency=str(body.get("currency", "1")),
        reference=str(body.get("reference", "")),
    )
    return place(shop, draft)


PERSON = {
    **dict.fromkeys(("company", "address_2", "state"), ""),
    "first_name": "Marie",
    "last_name": "Durand",
    "email": "marie.durand@example.com",
    "address_1": "1 rue de la Paix",
    "city": "Paris",
    "postcode": "75002",
    "country": "FR",
    "phone": "06 12 34 56 78",
}


def _cancel(shop: Shop, key: str, body: Doc) -> None:
    set_state(shop, key, shop.configuration("PS_OS_CANCELED"))


def _pay(shop: Shop, key: str, body: Doc) -> None:
    set_state(shop, key, shop.configuration("PS_OS_PAYMENT"))


def _ship(shop: Shop, key: str, body: Doc) -> None:
    set_state(shop, key, shop.configuration("PS_OS_SHIPPING"))


def _state(shop: Shop, key: str, body: Doc) -> None:
    set_state(shop, key, str(body["state"]))


def _track(shop: Shop, key: str, body: Doc) -> None:
    """A number that somebody typed in: nothing dates it."""
    row = shop.where("order_carriers", "id_order", key)[0]
    shop.change("order_carriers", row["id"], tracking_number=str(body["number"]))


def _late_payment(shop: Shop, key: str, body: Doc) -> None:
    """A payment that a module writes down beside the order, without dating it."""
    doc = shop.peek("orders", key) or {}
    given = {"order_reference": doc["reference"], "id_currency": doc["id_currency"], "conversion_rate": "1"}
    add(shop, "order_payments", None, amount=str(body["amount"]), payment_method=doc["payment"], **given)


def _refund(shop: Shop, key: str, body: Doc) -> None:
    """``{"lines": [{"sku", "quantity"}], "amount", "shipping", "restock"}``: a slip, which does not date the order."""
    doc = shop.peek("orders", key) or {}
    details = {row["product_reference"]: row for row in shop.where("order_details", "id_order", key)}
    rows = []
    for number, line in enumerate(body.get("lines", ()), 1):
        detail, pieces = details[line["sku"]], int(line.get("quantity", 1))
        share = Decimal(pieces) / int(detail["product_quantity"])
        amounts = {
            f"amount_{kind}": f"{(Decimal(detail[f'total_price_{kind}']) * share):.2f}"
            for kind in ("tax_excl", "tax_incl")
        }
        rows.append(
            {"id": str(number), "id_order_detail": str(detail["id"]), "product_quantity": str(pieces), **amounts}
        )
        refunded = int(detail["product_quantity_refunded"] or 0) + pieces
        shop.change("order_details", detail["id"], product_quantity_refunded=str(refunded))
        if body.get("restock"):
            stock.take(shop, detail["product_id"], detail["product_attribute_id"], -pieces, doc["id_shop"])
    net, gross = (
        sum((Decimal(row[f"amount_{kind}"]) for row in rows), Decimal(0)) for kind in ("tax_excl", "tax_incl")
    )
    if body.get("amount"):
        gross = Decimal(str(body["amount"]))
        net = (gross / Decimal("1.2")).quantize(Decimal("0.01"))
    shipping = Decimal(str(body.get("shipping", 0)))
    add(
        shop,
        "order_slip",
        None,
        id_customer=doc["id_customer"],
        id_order=key,
        conversion_rate=doc["conversion_rate"],
        total_products_tax_excl=str(net),
        total_products_tax_incl=str(gross),
        total_shipping_tax_excl=str((shipping / Decimal("1.2")).quantize(Decimal("0.01"))),
        total_shipping_tax_incl=str(shipping),
        amount=str(gross + shipping),
        partial="1",
        associations={"order_slip_details": rows},
    )


VERBS = {
    "cancel": _cancel,
    "pay": _pay,
    "ship": _ship,
    "state": _state,
    "track": _track,
    "late_payment": _late_payment,
    "refund": _refund,
}
